// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
pragma solidity 0.8.37;

/// @title Workers, auditors and evaluators with their bonds. Protocol §17.10
interface IServiceRegistry {
    /// @notice What an account serves as; each with a bond of its own.
    enum Role {
        WORKER,
        AUDITOR,
        EVALUATOR
    }

    /// @param bond what vouches, wei
    /// @param reserved part of it that claims not settled yet hold, wei
    /// @param leaving what was taken out of the bond and waits, wei; still liable
    /// @param leavingSince when something was taken out last, active milliseconds
    /// @param settledAt when a duty ended last, active milliseconds
    /// @param duties claims, seats and evaluations that are open
    /// @param place in the tree of its role; 0 for none
    /// @param classes of verification that it serves: bit 2^class
    /// @param convictions frauds that were proven
    struct Service {
        uint128 bond;
        uint128 reserved;
        uint128 leaving;
        uint64 leavingSince;
        uint64 settledAt;
        uint32 duties;
        uint32 place;
        uint32 classes;
        uint32 convictions;
    }

    /// @param from the first epoch whose secret it has; 0 for none
    /// @param shown the last epoch whose secret `link` is; `from` - 1 while none was shown
    /// @param link the secret shown last, or the registered end of the chain
    struct Chain {
        uint64 from;
        uint64 shown;
        bytes32 link;
    }

    error ZeroAmount();
    error TooMuch(uint256 amount, uint256 max);
    error BelowMinimum(uint256 bond, uint256 min);
    error AlreadyRegistered(Role role, address account);
    error NotRegistered(Role role, address account);
    error NothingLeaves(Role role, address account);
    error DutiesOpen(uint256 duties);
    error TooEarly(uint64 now, uint64 from);
    error BondReserved(uint256 asked, uint256 free);
    error NoClass();
    error AddressTooLong(uint256 bytesGiven, uint256 bytesMax);
    error BlockNotOver(uint256 height, uint256 current);
    error NobodyToDraw(Role role, uint256 height);
    error ChainInUse(uint64 from);
    error NoChain(address auditor, uint64 epoch);
    error SecretTooEarly(uint64 epoch, uint64 current);
    error TooManyLinks(uint256 links, uint256 max);
    error WrongSecret(address auditor, uint64 epoch);

    event Registered(Role indexed role, address indexed account, uint32 place);
    event Described(Role indexed role, address indexed account, uint32 classes, string serves);
    event BondChanged(Role indexed role, address indexed account, uint256 bond, uint256 reserved);
    event Unbonding(Role indexed role, address indexed account, uint256 amount);
    event Withdrawn(Role indexed role, address indexed account, uint256 amount);
    event BondTaken(Role indexed role, address indexed account, uint256 amount);
    event ChainRegistered(address indexed auditor, uint64 from, bytes32 end);
    event SecretShown(address indexed auditor, uint64 epoch, bytes32 secret);

    /// @notice An account's service.
    function serviceOf(Role role, address account) external view returns (Service memory);

    /// @notice Bond that no claim holds, wei.
    function freeBond(Role role, address account) external view returns (uint256);

    /// @notice The account of a place; none if nobody has it.
    function accountAt(Role role, uint256 place) external view returns (address);

    /// @notice Sum of the weights of a role at the end of a block that is over, wei, without these accounts.
    function weightAt(Role role, uint48 height, address[] calldata excluded) external view returns (uint256);

    /// @notice Draws places by weight, with replacement: free bonds of workers, bonds of others, at the end of the block
    /// `height`, which must be over. Draw i takes H(seed, i).
    /// @param excluded accounts that are not drawn, each once
    function draw(Role role, uint48 height, bytes32 seed, uint256 count, address[] calldata excluded)
        external
        view
        returns (uint32[] memory places);

    /// @notice The secret of an auditor for an epoch, if it or a later one of the same chain was shown; else 0.
    function secretOf(address auditor, uint64 epoch) external view returns (bytes32);

    /// @notice Opens a duty and sets a part of the bond aside for it. Only the contracts of work.
    function reserve(Role role, address account, uint128 amount) external;

    /// @notice Ends a duty and frees what was set aside for it. Only the contracts of work.
    function release(Role role, address account, uint128 amount) external;

    /// @notice Takes money from a bond, and from what leaves it if that is not enough, and sends it to the calling contract.
    /// Only the contracts of work.
    /// @return taken what there was of it, wei
    function take(Role role, address account, uint256 amount) external returns (uint256 taken);

    /// @notice Counts a proven fraud. Only the contracts of work.
    function convict(address worker) external;
}
