// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
pragma solidity 0.8.37;

/// @title Authorities and their bonds. Protocol §16.5
interface IAuthorityRegistry {
    enum State {
        NONE,
        ADMITTED,
        ACTIVE,
        JAILED,
        REMOVED,
        TOMBSTONED
    }

    error WrongState(address account, State state);
    error BondTooLow(uint256 bond, uint256 min);
    error ListFull(uint256 authorities);
    error BondNeeded(uint256 remaining, uint256 min);
    error NoKeyWaits(address account);
    error TooSoon(uint64 now, uint64 from);
    error NotOperator(address caller);

    event Admitted(address indexed account);
    event Joined(address indexed account, bytes key, uint256 bond);
    event StateChanged(address indexed account, State state);
    event KeyAnnounced(address indexed account, bytes key, uint64 from);
    event KeyChanged(address indexed account, bytes key);
    event Described(address indexed account, address operator, address feeRecipient, bytes32 nodeIdentity);
    event BondAdded(address indexed account, uint256 amount);
    event Ready(address indexed account, uint64 epoch);

    /// @notice Books a reward, which the chain then pays into this contract. Only the Rewards contract.
    /// @return taken the amount, or 0 where there is no bond that it could join
    function addRewards(address account, uint256 amount) external returns (uint256 taken);

    /// @notice Only the Slashing contract.
    function jail(address account) external returns (bool);

    /// @notice Only the Slashing contract.
    function tombstone(address account) external returns (bool);

    /// @notice Whether an account is an authority that can be drawn.
    function isActive(address account) external view returns (bool);

    /// @notice Authorities that can be drawn.
    function activeCount() external view returns (uint256);

    /// @notice Authorities that have a voice in governance: who joined and did not leave, in jail or not.
    function seats() external view returns (uint256);

    /// @notice Whether an account has a seat, and had it before a ballot was opened.
    function hasSeat(address account, uint48 ballot) external view returns (bool);
}
