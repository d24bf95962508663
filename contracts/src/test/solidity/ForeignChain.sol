// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
pragma solidity 0.8.37;

import {TrieProof} from "@openzeppelin/contracts/utils/cryptography/TrieProof.sol";
import {Memory} from "@openzeppelin/contracts/utils/Memory.sol";
import {RLP} from "@openzeppelin/contracts/utils/RLP.sol";
import {ChainPrecompiles} from "../../main/solidity/interfaces/ChainPrecompiles.sol";

/// @title Follows another network of this kind, and reads its state by proofs. Protocol §10.5
/// @notice An example and a test, not a part of the chain. It has no owner: what it trusts is the header it is made with, the
/// stake of the other network, and the clock of this one.
contract ForeignChain {
    using RLP for bytes;
    using RLP for Memory.Slice;

    uint256 private constant EPOCH_BLOCKS = 100;
    uint256 private constant TRUSTING_MILLIS = 14 days * 1000;
    uint256 private constant AHEAD_MILLIS_MAX = 10_000;
    uint256 private constant FAST = 0;

    /// @notice What is trusted of a header, like TrustedHead of a light client.
    struct Head {
        uint256 height;
        uint256 timestampMillis;
        uint256 epoch;
        bytes32 setHash;
        bytes32 nextSetHash;
    }

    /// @notice The other network.
    bytes32 public immutable GENESIS;

    /// @notice The highest header that is trusted.
    Head public head;

    /// @notice State roots of the heights that were followed; 0 of all others.
    mapping(uint256 height => bytes32) public stateRoot;

    event Followed(uint256 indexed height, bytes32 blockHash, bytes32 stateRoot);

    error WrongNetwork(bytes32 expected, bytes32 given);
    error Expired(uint256 trustedMillis);
    error NotAbove(uint256 trusted, uint256 given);
    error WrongEpoch(uint256 expected, uint256 given);
    error WrongTime(uint256 trustedMillis, uint256 givenMillis);
    error SkippedEpochs(uint256 trusted, uint256 given);
    error WrongSet(bytes32 expected, bytes32 given);
    error NoStakeAskedFor();
    error NotCertified();
    error NotFollowed(uint256 height);

    /// @param genesis hash of the other network's genesis block
    /// @param trusted a final header of it that whoever relies on this contract has compared with nodes it trusts
    constructor(bytes32 genesis, Head memory trusted) {
        GENESIS = genesis;
        head = trusted;
    }

    /// @notice Follows a header; anybody may bring it.
    /// @param statement RLP [genesis hash, header, consensus extension, validator set, COMMIT certificate]
    function follow(bytes calldata statement) external {
        // The precompile refuses every encoding but the canonical one, so what is read here is what it judges at the end.
        bytes memory whole = statement;
        Memory.Slice[] memory parts = whole.decodeList();
        require(parts[0].readBytes32() == GENESIS, WrongNetwork(GENESIS, parts[0].readBytes32()));
        Memory.Slice[] memory header = parts[1].readList();
        Memory.Slice[] memory extension = parts[2].readList();
        Head memory trusted = head;
        Head memory given = Head(
            header[8].readUint256(),
            extension[11].readUint256(),
            extension[3].readUint256(),
            extension[8].readBytes32(),
            extension[9].readBytes32()
        );
        uint256 nowMillis = block.timestamp * 1000;
        require(nowMillis < trusted.timestampMillis + TRUSTING_MILLIS, Expired(trusted.timestampMillis));
        require(given.height > trusted.height, NotAbove(trusted.height, given.height));
        uint256 epoch = (given.height - 1) / EPOCH_BLOCKS;
        require(given.epoch == epoch, WrongEpoch(epoch, given.epoch));
        require(
            given.timestampMillis >= trusted.timestampMillis && given.timestampMillis <= nowMillis + AHEAD_MILLIS_MAX
                && given.timestampMillis / 1000 == header[11].readUint256(),
            WrongTime(trusted.timestampMillis, given.timestampMillis)
        );
        require(epoch <= trusted.epoch + 1, SkippedEpochs(trusted.epoch, epoch));
        bytes32 expected = epoch == trusted.epoch ? trusted.setHash : trusted.nextSetHash;
        require(given.setHash == expected, WrongSet(expected, given.setHash));
        // Every rule but that of a settled FAST asks for more than 2/3 of the stake.
        Memory.Slice[] memory mode = extension[0].readList();
        require(mode[0].readUint256() != FAST || mode[1].readUint256() != FAST, NoStakeAskedFor());
        (bytes32 blockHash, bytes32 setHash, uint256 height) = ChainPrecompiles.certified(whole);
        require(blockHash != 0 && setHash == expected && height == given.height, NotCertified());
        head = given;
        stateRoot[height] = header[3].readBytes32();
        emit Followed(height, blockHash, header[3].readBytes32());
    }

    /// @notice What `account` held in the slot `key` after the block of `height`, which must have been followed. Reverts where the
    /// proofs, those of eth_getProof, show no value.
    function slot(
        uint256 height,
        address account,
        bytes32 key,
        bytes[] memory accountProof,
        bytes[] memory slotProof
    ) external view returns (bytes32) {
        bytes32 root = stateRoot[height];
        require(root != 0, NotFollowed(height));
        bytes memory path = bytes.concat(keccak256(abi.encodePacked(account)));
        bytes32 storageRoot = TrieProof.traverse(root, path, accountProof).decodeList()[2].readBytes32();
        return TrieProof.traverse(storageRoot, bytes.concat(keccak256(abi.encode(key))), slotProof).decodeBytes32();
    }
}
