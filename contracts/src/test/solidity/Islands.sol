// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {ForeignChain} from "./ForeignChain.sol";

/// @title One end of a bridge between two networks: what is written here is proven there. Protocol §10.5
/// @notice An example and a test, not a part of the chain.
abstract contract BridgeEnd {
    /// @notice What was sent to the other end. In slot 0, where the other end looks for it.
    mapping(uint256 id => bytes32 message) public sent;

    /// @notice What was sent from the other end and arrived.
    mapping(uint256 id => bool) public arrived;

    uint256 public sentCount;

    ForeignChain public immutable FOREIGN;
    address public immutable OTHER_END;

    event Sent(uint256 indexed id, address indexed to, uint256 amount);
    event Arrived(uint256 indexed id, address indexed to, uint256 amount);

    error AlreadyArrived(uint256 id);
    error NotSent(uint256 id, address to, uint256 amount);

    /// @param otherEnd the contract on the network that `foreign` follows; its address is known before it is made
    constructor(ForeignChain foreign, address otherEnd) {
        FOREIGN = foreign;
        OTHER_END = otherEnd;
    }

    function _send(address to, uint256 amount) internal {
        uint256 id = sentCount++;
        sent[id] = _message(id, to, amount);
        emit Sent(id, to, amount);
    }

    function _arrive(
        uint256 height,
        uint256 id,
        address to,
        uint256 amount,
        bytes[] calldata accountProof,
        bytes[] calldata slotProof
    ) internal {
        require(!arrived[id], AlreadyArrived(id));
        arrived[id] = true;
        bytes32 place = keccak256(abi.encode(id, uint256(0)));
        require(
            FOREIGN.slot(height, OTHER_END, place, accountProof, slotProof) == _message(id, to, amount),
            NotSent(id, to, amount)
        );
        emit Arrived(id, to, amount);
    }

    function _message(uint256 id, address to, uint256 amount) private pure returns (bytes32) {
        return keccak256(abi.encode(id, to, amount));
    }
}

/// @title The end where coins are at home: they are locked here while vouchers for them are out there
contract Vault is BridgeEnd {
    constructor(ForeignChain foreign, address otherEnd) BridgeEnd(foreign, otherEnd) {}

    /// @notice Locks the coins that come along, for `to` on the other network.
    function lock(address to) external payable {
        _send(to, msg.value);
    }

    /// @notice Pays coins for vouchers that were burned there.
    function release(
        uint256 height,
        uint256 id,
        address payable to,
        uint256 amount,
        bytes[] calldata accountProof,
        bytes[] calldata slotProof
    ) external {
        _arrive(height, id, to, amount, accountProof, slotProof);
        Address.sendValue(to, amount);
    }
}

/// @title The other end: a token, each unit of which stands for a locked wei
contract Voucher is BridgeEnd, ERC20 {
    constructor(ForeignChain foreign, address otherEnd) BridgeEnd(foreign, otherEnd) ERC20("Voucher", "VOU") {}

    /// @notice Mints for coins that were locked there.
    function mint(
        uint256 height,
        uint256 id,
        address to,
        uint256 amount,
        bytes[] calldata accountProof,
        bytes[] calldata slotProof
    ) external {
        _arrive(height, id, to, amount, accountProof, slotProof);
        _mint(to, amount);
    }

    /// @notice Burns vouchers of the caller, for coins of `to` at home.
    function burn(address to, uint256 amount) external {
        _burn(msg.sender, amount);
        _send(to, amount);
    }
}

/// @title Coins that the first to know a secret takes, or that go back: half of a swap between two networks
/// @notice Both halves name the same hash; who knows the secret takes the other's coins first, and so tells it. Its own half must
/// end the later. It needs neither headers nor proofs of the other network.
contract HashLock {
    struct Lock {
        address from;
        address to;
        uint256 amount;
        uint256 deadline;
    }

    mapping(bytes32 hash => Lock) public locks;

    event Told(bytes32 indexed hash, bytes32 secret);

    error Taken(bytes32 hash);
    error NotNow(uint256 deadline);

    /// @param hash SHA-256 of the secret; used once
    /// @param deadline second from which on only the way back is open
    function lock(bytes32 hash, address to, uint256 deadline) external payable {
        require(locks[hash].deadline == 0, Taken(hash));
        require(deadline > block.timestamp, NotNow(deadline));
        locks[hash] = Lock(msg.sender, to, msg.value, deadline);
    }

    function take(bytes32 secret) external {
        bytes32 hash = sha256(abi.encode(secret));
        Lock storage it = locks[hash];
        require(block.timestamp < it.deadline, NotNow(it.deadline));
        emit Told(hash, secret);
        _pay(it, it.to);
    }

    function goBack(bytes32 hash) external {
        Lock storage it = locks[hash];
        require(it.deadline > 0 && block.timestamp >= it.deadline, NotNow(it.deadline));
        _pay(it, it.from);
    }

    /// @dev The deadline stays, so the hash is not used again.
    function _pay(Lock storage it, address to) private {
        uint256 amount = it.amount;
        it.amount = 0;
        Address.sendValue(payable(to), amount);
    }
}
