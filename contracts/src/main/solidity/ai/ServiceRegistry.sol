// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
pragma solidity 0.8.37;

import {IServiceRegistry} from "../interfaces/IServiceRegistry.sol";
import {Economy} from "../Economy.sol";
import {Parameter} from "../Parameter.sol";
import {SystemContract} from "../SystemContract.sol";
import {BondTree} from "./BondTree.sol";

/// @title Workers, auditors and evaluators with their bonds, and draws among them. Protocol §17.10
/// @notice An account is its own owner: its services in all roles are one owner's.
contract ServiceRegistry is IServiceRegistry, SystemContract {
    using BondTree for BondTree.Tree;

    /// @dev Bytes of the address under which a service is reached: what a URL needs, and a log can carry for little.
    uint256 private constant SERVES_BYTES_MAX = 256;

    /// @dev Links of a chain that one call goes through: some 4 million gas, and the epochs of a week.
    uint256 private constant LINKS_MAX = 16_384;

    mapping(Role role => mapping(address account => Service)) private services;
    mapping(Role role => BondTree.Tree) private trees;
    mapping(address auditor => Chain[]) private chains;
    mapping(address auditor => mapping(uint64 epoch => bytes32)) private secrets;

    modifier onlyWork() {
        require(
            msg.sender == Economy.JOB_MARKET || msg.sender == Economy.WORK_LEDGER
                || msg.sender == Economy.EVALUATOR_COMMITTEE || msg.sender == Economy.DISPUTES,
            OnlyEconomy(msg.sender)
        );
        _;
    }

    /// @notice Begins to serve in a role, with the bond that is sent along. It is drawn by what happens in later blocks.
    /// @param classes of verification: bit 2^class, at least one
    /// @param serves where others reach it
    function register(Role role, uint32 classes, string calldata serves) external payable nonReentrant {
        Service storage s = services[role][msg.sender];
        require(s.bond == 0, AlreadyRegistered(role, msg.sender));
        _requireMinimum(role, msg.value);
        if (s.place == 0) {
            s.place = trees[role].append(msg.sender, 0);
        }
        _setBond(role, msg.sender, s.bond + uint128(msg.value), s.reserved);
        emit Registered(role, msg.sender, s.place);
        _describe(role, s, classes, serves);
    }

    /// @notice Says anew what the caller serves, and where.
    function describe(Role role, uint32 classes, string calldata serves) external {
        Service storage s = services[role][msg.sender];
        require(s.bond > 0, NotRegistered(role, msg.sender));
        _describe(role, s, classes, serves);
    }

    /// @notice Adds what is sent along to the caller's bond.
    function addBond(Role role) external payable nonReentrant {
        Service storage s = services[role][msg.sender];
        require(s.place > 0, NotRegistered(role, msg.sender));
        require(msg.value > 0, ZeroAmount());
        _requireMinimum(role, s.bond + msg.value);
        _setBond(role, msg.sender, s.bond + uint128(msg.value), s.reserved);
    }

    /// @notice Takes an amount out of the caller's bond: all of it, or so that the least bond stays. What claims hold stays.
    /// It counts for no draw any more, and can be withdrawn when the caller's last duty has been over for long enough.
    function unbond(Role role, uint128 amount) external nonReentrant {
        Service storage s = services[role][msg.sender];
        require(amount > 0, ZeroAmount());
        uint128 free = s.bond - s.reserved;
        require(amount <= free, BondReserved(amount, free));
        uint128 rest = s.bond - amount;
        if (rest > 0) {
            _requireMinimum(role, rest);
        }
        s.leaving += amount;
        s.leavingSince = _now();
        emit Unbonding(role, msg.sender, amount);
        _setBond(role, msg.sender, rest, s.reserved);
    }

    /// @notice Pays out what left the caller's bond, a time after that and after its last duty ended.
    function withdraw(Role role) external nonReentrant {
        Service storage s = services[role][msg.sender];
        uint128 amount = s.leaving;
        require(amount > 0, NothingLeaves(role, msg.sender));
        require(s.duties == 0, DutiesOpen(s.duties));
        uint64 last = s.settledAt > s.leavingSince ? s.settledAt : s.leavingSince;
        uint64 from = last + uint64(_parameter(Parameter.SERVICE_UNBONDING));
        require(_now() >= from, TooEarly(_now(), from));
        s.leaving = 0;
        emit Withdrawn(role, msg.sender, amount);
        _pay(msg.sender, amount);
    }

    /// @notice Registers the end of a chain of secrets that the caller, an auditor, made backwards: the secret of an epoch is
    /// the hash of that of the next one, and the end the hash of the first. It holds from the next epoch on.
    function registerChain(bytes32 end) external {
        Chain[] storage all = chains[msg.sender];
        uint64 from = _epoch() + 1;
        if (all.length > 0) {
            uint64 last = all[all.length - 1].from;
            require(last < from, ChainInUse(last));
        }
        all.push(Chain(from, from - 1, end));
        emit ChainRegistered(msg.sender, from, end);
    }

    /// @notice Shows the secret of an auditor for an epoch that is over. Anybody may who knows it.
    /// @param number of the auditor's chain, the first is 0
    function showSecret(address auditor, uint256 number, uint64 epoch, bytes32 secret) external {
        require(epoch < _epoch(), SecretTooEarly(epoch, _epoch()));
        Chain[] storage all = chains[auditor];
        require(number < all.length && epoch >= all[number].from, NoChain(auditor, epoch));
        require(number + 1 == all.length || epoch < all[number + 1].from, NoChain(auditor, epoch));
        Chain storage c = all[number];
        if (epoch > c.shown) {
            require(_hashed(secret, epoch - c.shown) == c.link, WrongSecret(auditor, epoch));
            (c.shown, c.link) = (epoch, secret);
        } else {
            require(_hashed(c.link, c.shown - epoch) == secret, WrongSecret(auditor, epoch));
        }
        secrets[auditor][epoch] = secret;
        emit SecretShown(auditor, epoch, secret);
    }

    /// @inheritdoc IServiceRegistry
    function reserve(Role role, address account, uint128 amount) external onlyWork {
        Service storage s = services[role][account];
        uint128 free = s.bond - s.reserved;
        require(amount <= free, BondReserved(amount, free));
        s.duties++;
        _setBond(role, account, s.bond, s.reserved + amount);
    }

    /// @inheritdoc IServiceRegistry
    function release(Role role, address account, uint128 amount) external onlyWork {
        Service storage s = services[role][account];
        s.duties--;
        s.settledAt = _now();
        _setBond(role, account, s.bond, s.reserved - amount);
    }

    /// @inheritdoc IServiceRegistry
    function take(Role role, address account, uint256 amount) external onlyWork nonReentrant returns (uint256 taken) {
        Service storage s = services[role][account];
        // Money that other duties hold stays theirs.
        uint128 free = s.bond - s.reserved;
        uint128 fromBond = amount < free ? uint128(amount) : free;
        uint256 rest = amount - fromBond;
        uint128 fromLeaving = rest < s.leaving ? uint128(rest) : s.leaving;
        s.leaving -= fromLeaving;
        taken = uint256(fromBond) + fromLeaving;
        emit BondTaken(role, account, taken);
        _setBond(role, account, s.bond - fromBond, s.reserved);
        _pay(msg.sender, taken);
    }

    /// @inheritdoc IServiceRegistry
    function convict(address worker) external onlyWork {
        services[Role.WORKER][worker].convictions++;
    }

    /// @inheritdoc IServiceRegistry
    function serviceOf(Role role, address account) external view returns (Service memory) {
        return services[role][account];
    }

    /// @inheritdoc IServiceRegistry
    function freeBond(Role role, address account) external view returns (uint256) {
        Service storage s = services[role][account];
        return s.bond - s.reserved;
    }

    /// @inheritdoc IServiceRegistry
    function accountAt(Role role, uint256 place) external view returns (address) {
        return trees[role].accounts[place];
    }

    /// @notice Chains that an auditor registered.
    function chainsOf(address auditor) external view returns (Chain[] memory) {
        return chains[auditor];
    }

    /// @inheritdoc IServiceRegistry
    function secretOf(address auditor, uint64 epoch) external view returns (bytes32) {
        return secrets[auditor][epoch];
    }

    /// @inheritdoc IServiceRegistry
    function weightAt(Role role, uint48 height, address[] calldata excluded) public view returns (uint256 weight) {
        require(height < block.number, BlockNotOver(height, block.number));
        (, uint256[] memory sizes) = _gaps(role, height, excluded);
        weight = trees[role].totalAt(height);
        for (uint256 i = 0; i < sizes.length; i++) {
            weight -= sizes[i];
        }
    }

    /// @inheritdoc IServiceRegistry
    function draw(Role role, uint48 height, bytes32 seed, uint256 count, address[] calldata excluded)
        external
        view
        returns (uint32[] memory places)
    {
        uint256 weight = weightAt(role, height, excluded);
        require(weight > 0, NobodyToDraw(role, height));
        (uint256[] memory starts, uint256[] memory sizes) = _gaps(role, height, excluded);
        places = new uint32[](count);
        for (uint256 i = 0; i < count; i++) {
            uint256 unit = uint256(keccak256(abi.encode(seed, i))) % weight;
            for (uint256 j = 0; j < starts.length; j++) {
                if (unit >= starts[j]) {
                    unit += sizes[j];
                }
            }
            places[i] = uint32(trees[role].find(unit, height));
        }
    }

    /// @dev Where the weights of the excluded begin and how long they are, ascending.
    function _gaps(Role role, uint48 height, address[] calldata excluded)
        private
        view
        returns (uint256[] memory starts, uint256[] memory sizes)
    {
        BondTree.Tree storage tree = trees[role];
        starts = new uint256[](excluded.length);
        sizes = new uint256[](excluded.length);
        uint256 found = 0;
        for (uint256 i = 0; i < excluded.length; i++) {
            uint32 place = services[role][excluded[i]].place;
            if (place == 0) {
                continue; // Does not serve in this role.
            }
            uint256 start = tree.sumAt(place - 1, height);
            uint256 size = tree.sumAt(place, height) - start;
            uint256 index = found++;
            for (; index > 0 && starts[index - 1] > start; index--) {
                (starts[index], sizes[index]) = (starts[index - 1], sizes[index - 1]);
            }
            (starts[index], sizes[index]) = (start, size);
        }
    }

    function _describe(Role role, Service storage s, uint32 classes, string calldata serves) private {
        require(classes > 0, NoClass());
        require(bytes(serves).length <= SERVES_BYTES_MAX, AddressTooLong(bytes(serves).length, SERVES_BYTES_MAX));
        s.classes = classes;
        emit Described(role, msg.sender, classes, serves);
    }

    /// @dev The weight of a worker is its free bond, that of others their bond.
    function _setBond(Role role, address account, uint128 bond, uint128 reserved) private {
        Service storage s = services[role][account];
        uint128 before = role == Role.WORKER ? s.bond - s.reserved : s.bond;
        uint128 afterwards = role == Role.WORKER ? bond - reserved : bond;
        (s.bond, s.reserved) = (bond, reserved);
        trees[role].change(s.place, before, afterwards);
        emit BondChanged(role, account, bond, reserved);
    }

    function _requireMinimum(Role role, uint256 bond) private view {
        uint256 id = role == Role.WORKER
            ? Parameter.WORKER_BOND
            : role == Role.AUDITOR ? Parameter.AUDITOR_BOND : Parameter.EVALUATOR_BOND;
        uint256 min = _parameter(id);
        require(bond >= min, BelowMinimum(bond, min));
        require(bond <= type(uint96).max, TooMuch(bond, type(uint96).max));
    }

    function _hashed(bytes32 link, uint256 times) private pure returns (bytes32) {
        require(times <= LINKS_MAX, TooManyLinks(times, LINKS_MAX));
        for (uint256 i = 0; i < times; i++) {
            link = keccak256(abi.encode(link));
        }
        return link;
    }
}
