// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
pragma solidity 0.8.37;

/// @title What the chain judges for contracts: its own precompiles. Protocol §14.6
/// @notice Input of another form than asked for is answered like input that is not true, with zeros; it takes all gas that the
/// call was given, and so does a price that this gas does not pay.
library ChainPrecompiles {
    address internal constant VRF = 0x0000000000000000000000000000000000000a01;
    address internal constant CERTIFICATE = 0x0000000000000000000000000000000000000a02;
    address internal constant EVIDENCE = 0x0000000000000000000000000000000000000a03;
    address internal constant POSSESSION = 0x0000000000000000000000000000000000000a04;
    address internal constant MERKLE_LEAF = 0x0000000000000000000000000000000000000A05;
    address internal constant ATTESTATION = 0x0000000000000000000000000000000000000a06;
    address internal constant REFEREE = 0x0000000000000000000000000000000000000A07;

    /// @dev Bytes of a BLS key, and of a proof or signature.
    uint256 internal constant KEY_BYTES = 48;
    uint256 internal constant PROOF_BYTES = 96;

    /// @notice Words of an evidence's answer before the offenders, and of each offender.
    uint256 private constant VERDICT_WORDS = 5;
    uint256 private constant OFFENDER_WORDS = 4;

    struct Offender {
        address account;
        bytes32 keyHash;
        uint256 class;
        uint256 stakeUnits;
    }

    /// @notice What became of a claim of trusted hardware (§18.8); reason 0 is OK.
    struct Attested {
        uint256 reason;
        uint256 level;
        uint256 platform;
        bytes32 hardware;
        uint256 validUntil;
        bytes32 policyEpoch;
    }

    /// @notice What became of an item of collateral (§18.8); reason 0 is OK.
    struct ItemVerdict {
        uint256 reason;
        bytes32 subject;
        bytes32 list;
        uint256 issued;
        uint256 evaluation;
        uint256 validUntil;
        bool developmentRoot;
    }

    struct Verdict {
        bytes32 setHash;
        uint256 height;
        uint256 stakeUnits;
        uint256 authorities;
        Offender[] offenders;
    }

    /// @notice The output that `proof` proves for the key and the fields of a message (§12.3); 0 if it proves none.
    function vrfOutput(bytes memory key, bytes memory proof, bytes memory fields) internal view returns (bytes32) {
        if (key.length != KEY_BYTES || proof.length != PROOF_BYTES) {
            return 0;
        }
        (bool done, bytes memory answer) = VRF.staticcall(abi.encodePacked(key, proof, fields));
        return done && answer.length == 32 ? bytes32(answer) : bytes32(0);
    }

    /// @notice The block that a certificate makes final, with the hash of the set that signed it; zeros if it makes none. Whether
    /// the set is the right one is for the caller to know.
    /// @param statement RLP [genesis hash, header, consensus extension, validator set, COMMIT certificate]
    function certified(bytes memory statement)
        internal
        view
        returns (bytes32 blockHash, bytes32 setHash, uint256 height)
    {
        (bool done, bytes memory answer) = CERTIFICATE.staticcall(statement);
        if (done && answer.length == 3 * 32) {
            (blockHash, setHash, height) = abi.decode(answer, (bytes32, bytes32, uint256));
        }
    }

    /// @notice Whom evidence convicts; nobody, and zeros, if it does not hold. Whether the set is the right one is for the caller
    /// to know.
    /// @param statement RLP [evidence, validator set]
    function convicted(bytes memory statement) internal view returns (Verdict memory verdict) {
        (bool done, bytes memory answer) = EVIDENCE.staticcall(statement);
        if (!done || answer.length < VERDICT_WORDS * 32) {
            return verdict;
        }
        uint256 count = _word(answer, 4);
        if (answer.length != (VERDICT_WORDS + count * OFFENDER_WORDS) * 32) {
            return verdict;
        }
        verdict.setHash = bytes32(_word(answer, 0));
        verdict.height = _word(answer, 1);
        verdict.stakeUnits = _word(answer, 2);
        verdict.authorities = _word(answer, 3);
        verdict.offenders = new Offender[](count);
        for (uint256 i = 0; i < count; i++) {
            uint256 first = VERDICT_WORDS + i * OFFENDER_WORDS;
            verdict.offenders[i] = Offender(
                address(uint160(_word(answer, first))),
                bytes32(_word(answer, first + 1)),
                _word(answer, first + 2),
                _word(answer, first + 3)
            );
        }
    }

    /// @notice Whether `proof` shows that whoever made it for `account` has the secret of `key`.
    function possesses(address account, bytes memory key, bytes memory proof) internal view returns (bool) {
        if (key.length != KEY_BYTES || proof.length != PROOF_BYTES) {
            return false;
        }
        return _isOne(POSSESSION, abi.encodePacked(account, key, proof));
    }

    /// @notice Whether `leaf` is the hash of leaf `index` of the tree of `leaves` leaves under `root`.
    /// @param siblings from the leaf up
    function isLeaf(bytes32 root, uint256 leaves, uint256 index, bytes32 leaf, bytes32[] memory siblings)
        internal
        view
        returns (bool)
    {
        return _isOne(MERKLE_LEAF, abi.encodePacked(root, leaves, index, leaf, siblings));
    }

    /// @notice Reason of what is not of the form asked for (§18.7).
    uint256 internal constant MALFORMED = 1;

    /// @notice What an inquiry of kind 1 is answered (§18.8).
    function attested(bytes memory inquiry) internal view returns (Attested memory verdict) {
        (bool done, bytes memory answer) = ATTESTATION.staticcall(inquiry);
        if (!done || answer.length != 6 * 32) {
            verdict.reason = MALFORMED;
            return verdict;
        }
        return abi.decode(answer, (Attested));
    }

    /// @notice What an inquiry of kind 2 is answered (§18.8).
    function itemJudged(bytes memory inquiry) internal view returns (ItemVerdict memory verdict) {
        (bool done, bytes memory answer) = ATTESTATION.staticcall(inquiry);
        if (!done || answer.length != 7 * 32) {
            verdict.reason = MALFORMED;
            return verdict;
        }
        return abi.decode(answer, (ItemVerdict));
    }

    /// @notice What a policy says of itself; an epoch of 0 if it is none (§18.8).
    function policyRead(bytes memory policy)
        internal
        view
        returns (bytes32 epoch, bool production, uint256 developmentRoots)
    {
        (bool done, bytes memory answer) =
            ATTESTATION.staticcall(abi.encodePacked(uint8(3), uint32(policy.length), policy));
        if (done && answer.length == 3 * 32) {
            (epoch, production, developmentRoots) = abi.decode(answer, (bytes32, bool, uint256));
        }
    }

    /// @notice The verdict about a claim and a proof, one behind the other (§17.5): 0 refused, 1 fraud, 2 malformed model, 3 right,
    /// 4 rightly empty.
    function refereeVerdict(bytes memory claimAndProof) internal view returns (uint256) {
        (bool done, bytes memory answer) = REFEREE.staticcall(claimAndProof);
        return done && answer.length == 32 ? _word(answer, 0) : 0;
    }

    function _isOne(address precompile, bytes memory input) private view returns (bool) {
        (bool done, bytes memory answer) = precompile.staticcall(input);
        return done && answer.length == 32 && uint256(bytes32(answer)) == 1;
    }

    function _word(bytes memory words, uint256 index) private pure returns (uint256 word) {
        assembly ("memory-safe") {
            word := mload(add(add(words, 32), mul(index, 32)))
        }
    }
}
