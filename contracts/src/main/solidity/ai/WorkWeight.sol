// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IAuthorityRegistry} from "../interfaces/IAuthorityRegistry.sol";
import {IStakeManager} from "../interfaces/IStakeManager.sol";
import {Economy} from "../Economy.sol";
import {Parameter} from "../Parameter.sol";
import {SystemContract} from "../SystemContract.sol";

/// @title What settled work weighs in the election of proposers. Protocol §17.16
/// @notice Who washes its own jobs gets back less than it burns (ADR 0022).
abstract contract WorkWeight is SystemContract {
    /// @dev The whole of a weight: four times what one candidate may have.
    uint256 private constant WHOLE = 1 << 31;

    /// @dev Epochs whose prices are one histogram.
    uint64 private constant PRICE_EPOCHS = 1_000;

    /// @dev How far the median of a histogram moves with one settlement, buckets.
    uint256 private constant MOVES_MAX = 16;

    /// @dev How a model was priced in a period. `below` is the volume in the buckets below that of the median.
    struct Price {
        uint64 total;
        uint64 below;
        uint16 bucket;
    }

    /// @dev Counted fees of an epoch, wei.
    struct Counted {
        uint64 epoch;
        uint128 fees;
    }

    mapping(bytes32 model => mapping(uint64 period => Price)) private prices;
    mapping(bytes32 model => mapping(uint64 period => mapping(uint256 bucket => uint64))) private volumes;
    mapping(address client => mapping(address worker => Counted)) private pairs;
    mapping(address worker => Counted) private counted;

    /// @dev Candidates with counted work in the epoch `listed`, of which `listLength` are of it.
    address[] private list;
    uint64 private listed;
    uint64 private listLength;

    event WorkCounted(address indexed worker, uint64 indexed epoch, uint256 fees);

    /// @notice Ends an epoch: what its settled work weighs, a word for each candidate that did some: account, and from bit 160
    /// the weight.
    /// @param fees what proposers got of the epoch's fees, wei
    /// @param minted what validators got as rewards, wei; who carried signatures got a part of it by proposing
    function endEpoch(uint256 fees, uint256 minted) external onlySystem returns (uint256[] memory words) {
        if (listed != _epoch() || listLength == 0) {
            return words;
        }
        uint256 income = fees + minted * _parameter(Parameter.CARRIER_SHARE) / Economy.MILLIONTHS;
        uint256 shared = _parameter(Parameter.WORKER_SHARE) + _parameter(Parameter.AUDITORS_SHARE)
            + _parameter(Parameter.EVALUATORS_SHARE);
        uint256 sum = 0;
        words = new uint256[](listLength);
        for (uint256 i = 0; i < words.length; i++) {
            uint256 burned = uint256(counted[list[i]].fees) * (Economy.MILLIONTHS - shared) / Economy.MILLIONTHS;
            // Without income there is nothing to buy.
            words[i] = burned < income ? burned : income;
            sum += words[i];
        }
        uint256 whole = sum > 4 * income ? sum : 4 * income;
        for (uint256 i = 0; i < words.length; i++) {
            uint256 weight = whole == 0 ? 0 : WHOLE * words[i] / whole;
            words[i] = uint256(uint160(list[i])) | weight << 160;
        }
        listLength = 0;
    }

    /// @notice The median price of a model's items, by volume, in the period of an epoch, wei: the greatest of its bucket; 0
    /// without a settlement.
    function medianPrice(bytes32 model, uint64 epoch) public view returns (uint256) {
        Price storage p = prices[model][epoch / PRICE_EPOCHS];
        return p.total == 0 ? 0 : _top(p.bucket);
    }

    /// @dev Counts a settled claim.
    /// @param share how much of its fee counts, millionths
    function _count(
        bytes32 model,
        address client,
        address worker,
        uint256 items,
        uint256 fee,
        uint256 share
    ) internal {
        uint64 epoch = _epoch();
        _price(model, epoch / PRICE_EPOCHS, fee / items, uint64(items));
        if (!_isCandidate(worker) || client == worker) {
            return;
        }
        uint256 price = epoch < PRICE_EPOCHS ? 0 : medianPrice(model, epoch - PRICE_EPOCHS);
        price = price == 0 ? medianPrice(model, epoch) : price;
        uint256 fees = (items * price < fee ? items * price : fee) * share / Economy.MILLIONTHS;
        Counted storage pair = pairs[client][worker];
        uint256 before = pair.epoch == epoch ? pair.fees : 0;
        uint256 max = _parameter(Parameter.WORK_PAIR_MAX);
        uint256 rest = before < max ? max - before : 0;
        fees = fees < rest ? fees : rest;
        if (fees == 0) {
            return;
        }
        (pair.epoch, pair.fees) = (epoch, uint128(before + fees));
        if (listed != epoch) {
            (listed, listLength) = (epoch, 0);
        }
        Counted storage own = counted[worker];
        if (own.epoch != epoch || own.fees == 0) {
            (own.epoch, own.fees) = (epoch, 0);
            if (list.length == listLength) {
                list.push(worker);
            } else {
                list[listLength] = worker;
            }
            listLength++;
        }
        own.fees += uint128(fees);
        emit WorkCounted(worker, epoch, fees);
    }

    /// @dev Adds a volume to a histogram and moves its median, at most so far.
    function _price(bytes32 model, uint64 period, uint256 price, uint64 items) private {
        uint256 bucket = _bucket(price);
        mapping(uint256 => uint64) storage volume = volumes[model][period];
        Price memory p = prices[model][period];
        volume[bucket] += items;
        if (p.total == 0) {
            p.bucket = uint16(bucket);
        } else if (bucket < p.bucket) {
            p.below += items;
        }
        p.total += items;
        for (uint256 moves = 0; moves < MOVES_MAX; moves++) {
            uint64 held = volume[p.bucket];
            if (2 * p.below > p.total) {
                p.bucket--;
                p.below -= volume[p.bucket];
            } else if (2 * (p.below + held) < p.total) {
                p.below += held;
                p.bucket++;
            } else {
                break;
            }
        }
        prices[model][period] = p;
    }

    /// @dev Four buckets for each power of two.
    function _bucket(uint256 price) private pure returns (uint256) {
        if (price == 0) {
            return 0;
        }
        uint256 log = Math.log2(price);
        return 4 * log + ((log < 2 ? price << (2 - log) : price >> (log - 2)) & 3);
    }

    /// @dev No price of a bucket is above it.
    function _top(uint256 bucket) private pure returns (uint256) {
        uint256 next = bucket + 1;
        return ((4 + next % 4) << (next / 4)) / 4;
    }

    function _isCandidate(address account) private view returns (bool) {
        return IStakeManager(Economy.STAKE_MANAGER).isCandidate(account)
            || IAuthorityRegistry(Economy.AUTHORITY_REGISTRY).isActive(account);
    }
}
