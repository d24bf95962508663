// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
pragma solidity 0.8.37;

/// @title What evidence of trusted hardware is judged against. Protocol §18.9
interface ICollateralRegistry {
    /// @param issued when it was issued, seconds since 1970
    /// @param validUntil last second in which it counts
    /// @param evaluation Intel's counter of re-ratings; 0 where there is none
    /// @param kind Protocol §18.5
    /// @param developmentRoot whether its root is worth nothing
    /// @param endorser who vouched, for endorsements
    /// @param list what the list of its root is about
    /// @param parts where its bytes are code
    struct Item {
        uint64 issued;
        uint64 validUntil;
        uint32 evaluation;
        uint8 kind;
        bool developmentRoot;
        address endorser;
        bytes32 list;
        address[] parts;
    }

    error NotAPolicy();
    error DevelopmentRoots(uint256 count);
    error OtherKindOfNetwork(bool production);
    error ItemRefused(uint256 reason);
    error ItemTooLong(uint256 length, uint256 max);
    error NotNewer(bytes32 subject, uint64 issued, uint32 evaluation);
    error NotAnEndorser(address caller);
    error NotTheEndorser(bytes32 subject, address endorser);
    error NoItem(bytes32 subject);
    error ItemNotStored(uint256 length);

    event PolicySet(bytes32 epoch, bytes policy);
    event EndorserSet(address indexed endorser, bool admitted);
    event ItemSet(bytes32 indexed subject, uint8 kind, uint64 issued, uint32 evaluation);
    event ItemRemoved(bytes32 indexed subject);

    /// @notice The policy's encoding (§18.6).
    function policy() external view returns (bytes memory);

    /// @notice The newest item about something, without its bytes.
    function itemOf(bytes32 subject) external view returns (Item memory);

    /// @notice Items one behind the other, as an inquiry carries them (§18.8); behind AMD's authorities the list of their root,
    /// if there is one, so that nobody leaves it out.
    function collateral(bytes32[] calldata subjects) external view returns (bytes memory);
}
