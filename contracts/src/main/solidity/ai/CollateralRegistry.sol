// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
pragma solidity 0.8.37;

import {ChainPrecompiles} from "../interfaces/ChainPrecompiles.sol";
import {ICollateralRegistry} from "../interfaces/ICollateralRegistry.sol";
import {SystemContract} from "../SystemContract.sol";

/// @title What evidence of trusted hardware is judged against: the policy, what vendors have signed, and keys that somebody has
/// vouched for. Protocol §18.9
/// @notice Anybody brings what a vendor has signed; it is taken if it holds in this block and is newer than what was there.
contract CollateralRegistry is ICollateralRegistry, SystemContract {
    uint8 private constant AUTHORITIES = 4;
    uint8 private constant ENDORSEMENT = 5;

    /// @dev Bytes of a part: the longest code, less the byte that makes it stop.
    uint256 private constant PART_BYTES = 24_575;

    /// @dev Bytes of an item: what one transaction can pay for, four times what vendors have published.
    uint256 private constant ITEM_BYTES_MAX = 2 * PART_BYTES;

    /// @dev Creation code that deploys all that follows its 11 bytes, beginning with the byte that stops.
    bytes private constant CREATOR = hex"600b380380600b5f395ff300";

    /// @dev Bytes of an endorsed key.
    uint256 private constant KEY_BYTES_MAX = 256;

    bool private production;
    bytes private policy_;
    mapping(bytes32 subject => Item) private items;
    mapping(address endorser => bool) private endorsers;

    /// @notice The first policy, of the genesis; it says for good whether this is a production network.
    function initialize(bytes calldata first) external genesis {
        (, bool isProduction,) = ChainPrecompiles.policyRead(first);
        production = isProduction;
        _setPolicy(first);
    }

    /// @notice Another policy. A production network stays one, and has no development roots.
    function setPolicy(bytes calldata next) external onlyTimelock {
        _setPolicy(next);
    }

    /// @notice Admits somebody who vouches for keys without certificates, or admits it no more; its endorsements stay.
    function setEndorser(address endorser, bool admitted) external onlyTimelock {
        endorsers[endorser] = admitted;
        emit EndorserSet(endorser, admitted);
    }

    /// @notice Brings an item of kind 1 to 4 (§18.5).
    /// @return subject what it is about
    function submit(bytes calldata item) external returns (bytes32 subject) {
        require(item.length > 0 && item.length <= ITEM_BYTES_MAX, ItemTooLong(item.length, ITEM_BYTES_MAX));
        ChainPrecompiles.ItemVerdict memory verdict = ChainPrecompiles.itemJudged(
            abi.encodePacked(
                uint8(2), item[0], uint64(block.timestamp), uint32(policy_.length), policy_, item
            )
        );
        require(verdict.reason == 0, ItemRefused(verdict.reason));
        subject = verdict.subject;
        Item storage held = items[subject];
        // An older item can still be valid: whoever brings it would take a re-rating or a revocation back.
        require(
            verdict.issued > held.issued && verdict.evaluation >= held.evaluation,
            NotNewer(subject, held.issued, held.evaluation)
        );
        held.issued = uint64(verdict.issued);
        held.validUntil = uint64(verdict.validUntil);
        held.evaluation = uint32(verdict.evaluation);
        held.kind = uint8(item[0]);
        held.developmentRoot = verdict.developmentRoot;
        held.list = verdict.list;
        _store(held, item);
        emit ItemSet(subject, held.kind, held.issued, held.evaluation);
    }

    /// @notice Vouches for a key, a SubjectPublicKeyInfo in DER.
    /// @return subject what evidence that it signs is judged against
    function endorse(bytes calldata key) external returns (bytes32 subject) {
        require(endorsers[msg.sender], NotAnEndorser(msg.sender));
        require(key.length > 0 && key.length <= KEY_BYTES_MAX, ItemTooLong(key.length, KEY_BYTES_MAX));
        subject = sha256(abi.encodePacked(ENDORSEMENT, key));
        Item storage held = items[subject];
        require(held.parts.length == 0, NotNewer(subject, held.issued, 0));
        held.issued = uint64(block.timestamp);
        held.validUntil = type(uint64).max;
        held.kind = ENDORSEMENT;
        held.endorser = msg.sender;
        _store(held, abi.encodePacked(ENDORSEMENT, uint32(key.length), key));
        emit ItemSet(subject, ENDORSEMENT, held.issued, 0);
    }

    /// @notice Takes the caller's endorsement back.
    function withdraw(bytes32 subject) external {
        Item storage held = items[subject];
        require(held.endorser == msg.sender, NotTheEndorser(subject, held.endorser));
        _remove(subject);
    }

    /// @notice Takes an item away, whoever brought it. Evidence that needs it is refused until a newer one comes.
    function remove(bytes32 subject) external onlyTimelock {
        require(items[subject].parts.length > 0, NoItem(subject));
        _remove(subject);
    }

    /// @inheritdoc ICollateralRegistry
    function policy() external view returns (bytes memory) {
        return policy_;
    }

    /// @inheritdoc ICollateralRegistry
    function itemOf(bytes32 subject) external view returns (Item memory) {
        return items[subject];
    }

    /// @inheritdoc ICollateralRegistry
    function collateral(bytes32[] calldata subjects) external view returns (bytes memory all) {
        for (uint256 i = 0; i < subjects.length; i++) {
            Item storage held = items[subjects[i]];
            require(held.parts.length > 0, NoItem(subjects[i]));
            all = bytes.concat(all, _content(held));
            if (held.kind == AUTHORITIES && items[held.list].parts.length > 0) {
                all = bytes.concat(all, _content(items[held.list]));
            }
        }
    }

    function _setPolicy(bytes calldata next) private {
        (bytes32 epoch, bool isProduction, uint256 developmentRoots) = ChainPrecompiles.policyRead(next);
        // What says production and names a development root is no policy, so it has no epoch.
        require(epoch != 0, NotAPolicy());
        require(isProduction == production, OtherKindOfNetwork(production));
        require(!production || developmentRoots == 0, DevelopmentRoots(developmentRoots));
        policy_ = next;
        emit PolicySet(epoch, next);
    }

    /// @dev What was issued is kept, so that nothing older comes back.
    function _remove(bytes32 subject) private {
        delete items[subject].parts;
        items[subject].endorser = address(0);
        emit ItemRemoved(subject);
    }

    /// @dev Bytes that are read with every claim cost least as code.
    function _store(Item storage held, bytes memory content) private {
        delete held.parts;
        for (uint256 done = 0; done < content.length; done += PART_BYTES) {
            uint256 length = content.length - done < PART_BYTES ? content.length - done : PART_BYTES;
            bytes memory creation = new bytes(CREATOR.length + length);
            bytes memory creator = CREATOR;
            address part;
            assembly ("memory-safe") {
                mcopy(add(creation, 32), add(creator, 32), mload(creator))
                mcopy(add(add(creation, 32), mload(creator)), add(add(content, 32), done), length)
                part := create(0, add(creation, 32), mload(creation))
            }
            require(part != address(0), ItemNotStored(length));
            held.parts.push(part);
        }
    }

    /// @dev The code of all parts, each without its first byte, which makes it stop.
    function _content(Item storage held) private view returns (bytes memory all) {
        for (uint256 i = 0; i < held.parts.length; i++) {
            bytes memory code = held.parts[i].code;
            bytes memory part = new bytes(code.length - 1);
            assembly ("memory-safe") {
                mcopy(add(part, 32), add(code, 33), mload(part))
            }
            all = bytes.concat(all, part);
        }
    }
}
