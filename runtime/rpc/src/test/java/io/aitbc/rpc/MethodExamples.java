// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.rpc;

import java.util.Map;
import java.util.TreeMap;

/// What docs/json-rpc.md says of each method, and a call of it that is answered.
final class MethodExamples {
  /// What is said of a method, and the parameters of its example.
  record Entry(String text, String parameters) {}

  private final Rpc rpc;
  private final Map<String, Entry> entries = new TreeMap<>();

  private MethodExamples(Rpc rpc) {
    this.rpc = rpc;
  }

  /// The examples by method, for calls of `rpc`.
  static Map<String, Entry> of(Rpc rpc) {
    MethodExamples examples = new MethodExamples(rpc);
    examples.describe();
    return examples.entries;
  }

  private void describe() {
    String sender = "'" + TestChain.SENDER + "'";
    String store = "'" + TestChain.STORE + "'";
    String block = "'" + rpc.blockHash(1).toHex() + "'";
    String transaction = "'" + rpc.transactionHash(2).toHex() + "'";
    String call = "{'to':'" + TestChain.ECHO + "','input':'0xff01'},'latest'";
    put(
        "aitbc_certificate",
        "The encoded commit certificate of a block (Protocol §11.7), or null.",
        "'0x1'");
    put(
        "aitbc_concentration",
        "Who has more of all stake than the parameter STAKE_SHARE_MAX (Protocol §16.6): `total` stake of the candidates in units of 10^12 wei, the limit in millionths, and account, stake and millionths of each `above` it, by the account that withdraws a candidate's own stake. Null in a network without contracts for stake.",
        "");
    put(
        "aitbc_dryRunProposal",
        "What a proposal would do after the last block (Protocol §16.12), given its number, the targets of its calls and their data; number 0 for one that is not made yet. Tried on a copy of the state: the calls, the ends of two epochs in which all validators sign, another proposal, and another execution of the Timelock. `harmless` if nothing fails; `failed` names contracts whose call at an epoch's end does. Advice only. Null in a network without the contract Governor.",
        "'0x0',['" + TestChain.STORE + "'],['0x']");
    put(
        "aitbc_epoch",
        "The epoch of the next height (Protocol §2): number, first and last height, hashes of its validator set and of the next, how many authorities and stakers it has, and their stake in units of 10^12 wei. `yield`, where there are stakers and calls leave the node time to ask the contracts: what their stake earns in a year in the mode in force, without load, commission and absences, and the band that it is meant to be in, all in millionths (Protocol §16.8). Null in a network without votes.",
        "");
    put(
        "aitbc_lightBlock",
        "What a light client needs to follow the header of a block (Protocol §10.3): encodings of header, consensus extension and certificate, and of the validators of its epoch if the node still knows them: those of the next epoch and of all since the node's own first block, in a pruned node as long as stake of the epoch can be slashed. A light client follows sets as they come and asks in each epoch. With `eth_getProof`, anything in the state behind the header is proven. Null where there is no certificate.",
        "'0x1'");
    put(
        "aitbc_receiptProof",
        "What came of a transaction, for who trusts no node (Protocol §10.3, §13.3): its `position` in its block, the trie nodes that lead to it under the header's `transactionsRoot` and to its receipt under `receiptsRoot`, from the root down, and the block's header with what it is followed with, as in `aitbc_lightBlock`, as far as the node has it. The key in both tries is the RLP encoding of the position; the last node of each list holds transaction and receipt. Both must be verified: a receipt does not name its transaction. Null for a transaction in no block.",
        transaction);
    put(
        "aitbc_mode",
        "The mode of the next height and what it follows from (Protocol §3): policy, the mode that it began with, the mode whose quorum decides, the change it belongs to (`from`, `to`, `step` of 10), what was measured over the last 100 blocks in millionths and wei, and for each mode how many present validators may go before its quorum is lost, -1 if it has none. `lastChange`, of the last change that this node saw begin since its start: the first block of it, both modes, its `cause` (POLICY; HEADROOM, the mode could lose nobody more; FALLBACK, §6.1; SET, the validator set carries the mode no longer), and the same measurements and numbers as they stood then. Null in a network without votes.",
        "");
    put(
        "aitbc_claim",
        "A claim of AI work after the last block (Protocol §17.12, §17.13), given its job and its number in it: items, fee, `state` (OPEN, ACCEPTED, COMMITTED, REVEALED, SETTLED, VOID, FRAUD, or CANCELLED before anybody accepted it); of an open one which draw it is, the workers drawn and whose turn it is (3 when all are over), else worker, deadline by both clocks, and as far as it went commitment, block whose beacon draws auditors, root of outputs, auditors of the seats, `attestation` (hardware id, platform and level of Protocol §18.1, whether fewer seats are drawn) and `evaluation`: the committee (Protocol §17.15), how many seats sealed and opened a score until when, and each evaluator's scores in millionths once they are open. Null if there is none.",
        "'0x1','0x0'");
    put(
        "aitbc_job",
        "A job of AI work (Protocol §17.12) after the last block, given its number: client, model, roots, items, `class` (EXACT, TOLERANCE with `profile` and `tolerance` in billionths, or ATTESTED with the `code` that hardware must vouch for), fee in wei, times, whether it is `public`, `activeSeconds` as the clock of all deadlines, and its claims as `aitbc_claim` tells them, at most %d from the number in the second parameter on. Null if there is none."
            .formatted(WorkMethods.LIST_MAX),
        "'0x1'");
    put(
        "aitbc_jobs",
        "The latest %d jobs, the latest first, from the number in the parameter downwards if there is one; as `aitbc_job` tells them, without claims."
            .formatted(WorkMethods.LIST_MAX),
        "");
    put(
        "aitbc_models",
        "Models of the registry (Protocol §17.11) in the order of their registration, at most %d, without as many as the parameter says: id, name, state, registrant, deposit in wei, open jobs, bytes of an input, header (Protocol §17.3). Names and headers stand in logs alone: `seenTo` is the height up to which the node has looked through those that it keeps, some at each call."
            .formatted(WorkMethods.LIST_MAX),
        "");
    put(
        "aitbc_services",
        "Who serves AI work as worker, auditor or evaluator (Protocol §17.10), at most %d from the place in the second parameter on: account, bond, what of it is reserved or leaves, in wei, open duties, classes as bits (1 EXACT, 2 TOLERANCE, 4 ATTESTED), convictions, and where it says that it is reached. That stands in logs alone; `seenTo` as in `aitbc_models`."
            .formatted(WorkMethods.LIST_MAX),
        "'worker'");
    put(
        "aitbc_parameters",
        "All parameters of the contract Params (Protocol §19.3) after the last block, by number: amounts in wei, times in milliseconds, parts in millionths, choices as their codes. Those of consensus, gas and fees are in force two epochs later. Null in a network without the contracts.",
        "");
    put(
        "aitbc_proposals",
        "The latest 100 proposals of governance (Protocol §16.11), the latest first, from the number in the parameter downwards if there is one: state, kind, who decides, votes of stake in wei, seats of authorities, hash of the calls. `now`, `ends` and `heldUntil` are seconds of active time. Null in a network without the contracts.",
        "");
    put(
        "aitbc_rewards",
        "What an owner has in a candidate's pool (Protocol §16.4, §16.8): shares, what they are worth, and the rewards that it may claim, all in wei. Second parameter: the candidate, the owner itself if it is left out. Null in a network without the contracts.",
        "'" + TestChain.RECEIVER + "'");
    put(
        "aitbc_slashings",
        "Convictions by evidence, and penalties that came to their full size, in the blocks from one to another, at most %,d (Protocol §16.7). Without a first block the last so many. With each conviction its state now, as in aitbc_validator: PENDING while what is left of bond and pool is locked and the penalty may grow, FINISHED afterwards. Absences are fined at an epoch's end outside of transactions and leave no log: `aitbc_validator` shows who is in jail."
            .formatted(BlockMethods.LOG_BLOCKS_MAX),
        "'0x0','latest'");
    put(
        "aitbc_validator",
        "What the registries know of an account (Protocol §16.5, §16.6): as an authority state, bond, operator, fee recipient, node identity and key; as a candidate by stake state, key, stake, commission in parts of 10,000, and how it fared in the epoch reported last, with its role; if evidence convicted it (§16.7), when, whether the penalty is PENDING or FINISHED, and from when (`finishFrom`) anybody may finish it, in milliseconds of active time, of which `now` is the present. Null in a network without the contracts.",
        "'" + TestChain.RECEIVER + "'");
    put(
        "aitbc_finality",
        "How final a block is, or a transaction by its hash: `height` of the block, `confirmations` (the blocks from it to the last one, itself included; 0 while a transaction waits in this node's pool), `anchored` (whether more than two thirds of the stake are known to stand behind it, Protocol §10.1), the round in which it was decided, who signed of how many as far as the node knows the set, `millis` from the node's first sight of the proposal to its final block if it saw that lately, and `mode` as in `aitbc_mode`, where the node has the block's extension. Null for what the node does not know.",
        "'0x2'");
    put(
        "aitbc_status",
        "How the node does; `anchored` is the height of the block `anchored`, null where there is none.",
        "");
    put(
        "aitbc_validators",
        "The validators of the present epoch; stake in units of 10^12 wei, role (Protocol §2.4) in the mode in force.",
        "");
    put(
        "aitbc_whyStalled",
        "What is missing to decide the next block, a line each; empty if nothing is.",
        "");
    put("debug_getRawBlock", "The encoding of a block.", "'0x2'");
    put("debug_getRawHeader", "The encoding of a header.", "'0x2'");
    put("debug_getRawReceipts", "The encodings of a block's receipts.", "'0x1'");
    put(
        "debug_getRawTransaction",
        "The encoding of a transaction, `0x` if it is unknown.",
        transaction);
    put(
        "debug_storageRangeAt",
        "The slots of an account that are not 0, as a transaction of a block met them (0 for the block's beginning), ascending by the hash of their number from a hash, or the beginning of one, on: at most the last parameter, and never more than %,d. `nextKey` goes on from there, null at the end; `key` is null where the node no longer knows a slot's number. As go-ethereum's, which takes the block by its hash alone. The trie of the block's parent must still be kept, as for eth_getProof."
            .formatted(StorageRange.SLOTS_MAX),
        block + ",0," + store + ",'0x',2");
    put(
        "debug_traceBlockByHash",
        "What happened in each transaction of a block, as in debug_traceTransaction.",
        block + ",{'tracer':'callTracer'}");
    put("debug_traceBlockByNumber", "The same by height or tag.", "'0x1',{'tracer':'callTracer'}");
    put(
        "debug_traceCall",
        "What would happen in a call behind a block, as in debug_traceTransaction; `stateOverrides` as the third parameter of eth_call.",
        call + ",{'disableStack':true}");
    put(
        "debug_traceTransaction",
        "What happened in a transaction, which is executed again: by instruction, with stack (`disableStack`), storage (`disableStorage`), memory (`enableMemory`) and return data (`enableReturnData`), the first `limit` of them, at most %,d; or by call with the tracer `callTracer` (`onlyTopCall`, `withLog`), by call as a list with `flatCallTracer` (`includePrecompiles`), by what was touched, as it was before, with `prestateTracer` (`diffMode`: only what changed, before and after; `disableCode`, `disableStorage`, `includeEmpty`), by functions called with `4byteTracer` (selector, length of the arguments, how often), or not at all with `noopTracer`: formats as go-ethereum's. The state before its block must be kept, as for eth_call."
            .formatted(TraceWatch.STEPS_MAX),
        transaction + ",{'tracer':'callTracer','tracerConfig':{'withLog':true}}");
    put("eth_accounts", "Always empty: a node signs nothing for callers.", "");
    put("eth_baseFee", "Base fee per unit of gas of the next block.", "");
    put("eth_blobBaseFee", "Always 1 wei: there are no blobs.", "");
    put("eth_blockNumber", "Height of the last final block.", "");
    put(
        "eth_call",
        "What a call returns; nothing is kept. A third parameter changes balance, nonce, code, all slots (`state`) or single ones (`stateDiff`) of accounts for this call. At most 50,000,000 gas. It may be asked of every block whose state is kept, those of the last 128 and the head's; of others the error is NOT_KEPT.",
        call);
    put("eth_chainId", "The chain id.", "");
    put(
        "eth_config",
        "The rules of blocks (EIP-7910): those in force at the last block, those of the next fork and those of the last one that the genesis schedules, null where none comes. `forkId` is EIP-6122's: CRC-32 of the genesis hash and of the times of the forks since, 8 bytes each. Precompiles under EIP-7910's names, the chain's own (Protocol §14.6) with AITBC_ in front; `systemContracts` are those in the state: of EIP-4788, EIP-2935 and the chain's own. There are no blobs, so all of `blobSchedule` is 0.",
        "");
    put(
        "eth_simulateV1",
        "What would come of blocks of calls behind a block. Each of `blockStateCalls` has `blockOverrides` (number, time, gasLimit, feeRecipient, prevRandao, baseFeePerGas, blobBaseFee), `stateOverrides` (balance, nonce, code, state or stateDiff, movePrecompileToAddress) and `calls`, which see what those before them left; empty blocks stand where numbers are left out, and number and time grow by one by themselves. With `validation` nonces, senders and fees are judged as in a block; without it as in eth_call, with a base fee of 0 unless one is given. `traceTransfers` logs movements of money as ERC-20 transfers of 0xeeee…ee. Transactions have signatures of zeros, in full with `returnFullTransactions`. Fees go to beneficiary and treasury at a block's end (Protocol §14.4); the chain's own contracts are not called at its start, and no epoch ends. `stateRoot` is zero where the trie of the block is not kept, or `state` replaced storage.",
        "{'blockStateCalls':[{'stateOverrides':{'"
            + TestChain.RECEIVER
            + "':{'balance':'0x64'}},'calls':[{'from':'"
            + TestChain.RECEIVER
            + "','to':'"
            + TestChain.ECHO
            + "','value':'0x1','input':'0xff01'}]}],'traceTransfers':true},'latest'");
    put(
        "eth_getTransactionBySenderAndNonce",
        "The transaction that an account sent as the one with this nonce, final or waiting in this node's pool, or null. It is searched for by the states that the node keeps; of one that was sent before them the error is NOT_KEPT.",
        sender + ",'0x2'");
    put(
        "eth_createAccessList",
        "The accounts and slots that a call touches, and the gas it uses when they are announced (EIP-2930); `error` if it fails.",
        "{'from':" + sender + ",'to':" + store + ",'input':'0x01'},'latest'");
    put(
        "eth_estimateGas",
        "A gas limit with which a transaction succeeds in the state of a block: what it takes, or where that is too little, at most a 64th above the least that is enough.",
        call);
    put(
        "eth_feeHistory",
        "Base fees, use of gas and paid priority fees at percentiles, of up to 1,024 blocks.",
        "'0x2','latest',[50]");
    put(
        "eth_gasPrice",
        "A gas price that pays the next base fees and 1 wei for the proposer, and gets into the node's pool.",
        "");
    put("eth_getBalance", "Balance of an account in wei.", sender + ",'latest'");
    put(
        "eth_getBlockByHash",
        "A block, with hashes of its transactions (false) or all of them (true).",
        block + ",false");
    put("eth_getBlockByNumber", "The same by height or tag.", "'0x2',false");
    put("eth_getBlockReceipts", "Receipts of all transactions of a block.", "'0x2'");
    put("eth_getBlockTransactionCountByHash", "How many transactions a block has.", block);
    put("eth_getBlockTransactionCountByNumber", "The same by height or tag.", "'0x1'");
    put("eth_getCode", "Code of an account.", store + ",'latest'");
    put(
        "eth_getFilterChanges",
        "What is new since the filter was asked last: hashes of blocks or of pending transactions, or logs.",
        "'" + rpc.result("eth_newBlockFilter", "").asText() + "'");
    put(
        "eth_getFilterLogs",
        "All logs that a filter of logs finds.",
        "'" + rpc.result("eth_newFilter", "{'fromBlock':'0x1'}").asText() + "'");
    put("eth_newBlockFilter", "A filter that tells hashes of blocks.", "");
    put(
        "eth_newFilter",
        "A filter that tells logs, by addresses and topics as in eth_getLogs. Filters that nobody asks for five minutes are gone. Without votes a filter goes on from its last block that still counts, and tells of no logs that were taken back.",
        "{'address':'" + TestChain.ECHO + "'}");
    put(
        "eth_newPendingTransactionFilter",
        "A filter that tells hashes of transactions taken into the pool.",
        "");
    put(
        "eth_uninstallFilter",
        "Ends a filter; whether there was one.",
        "'" + rpc.result("eth_newBlockFilter", "").asText() + "'");
    put(
        "eth_getStorageValues",
        "Words of the storage of several accounts.",
        "{" + store + ":['0x0']},'latest'");
    put("trace_block", "The calls of a block, each with its place in the tree.", "'0x1'");
    put(
        "trace_filter",
        "The calls of a range of at most %d blocks (`fromBlock`, `toBlock`, the last one if not given) that were made by `fromAddress` and to `toAddress` (lists; empty is any; created and paid accounts count as called), `count` of them, at most %,d, behind the first `after`."
            .formatted(FlatTraceMethods.FILTERED_BLOCKS_MAX, FlatTraceMethods.FILTERED_MAX),
        "{'fromBlock':'0x1','toBlock':'0x2','toAddress':['" + TestChain.RECEIVER + "'],'count':1}");
    put(
        "trace_replayBlockTransactions",
        "The calls of a block by transaction, with what each returned. `trace` is the only kind: for others there are debug_trace….",
        "'0x1',['trace']");
    put(
        "trace_transaction",
        "The calls of a transaction as a list, or null. The gas that the transaction costs at all is not counted. The state before its block must be kept.",
        transaction);
    put(
        "txpool_content",
        "What waits in this node's pool, by sender and nonce: `pending` could be in the next block, before `queued` a nonce is missing.",
        "");
    put("txpool_contentFrom", "The same of one sender.", sender);
    put("txpool_inspect", "The same, a line each.", "");
    put("txpool_status", "How many transactions wait.", "");
    put(
        "eth_getLogs",
        "Logs by addresses and topics, of at most 10,000 blocks and 20,000 logs.",
        "{'fromBlock':'0x0','toBlock':'latest','address':'" + TestChain.ECHO + "'}");
    put(
        "eth_getProof",
        "An account and slots with the trie nodes that prove them under the block's state root (EIP-1186).",
        store + ",['0x0'],'latest'");
    put(
        "eth_getRawTransactionByHash",
        "The encoding of a transaction, `0x` if it is unknown.",
        transaction);
    put("eth_getStorageAt", "A word of an account's storage.", store + ",'0x0','latest'");
    put("eth_getTransactionByBlockHashAndIndex", "A transaction by its place.", block + ",'0x2'");
    put("eth_getTransactionByBlockNumberAndIndex", "The same by height or tag.", "'0x1','0x2'");
    put(
        "eth_getTransactionByHash",
        "A transaction, final or waiting in this node's pool, or null.",
        transaction);
    put(
        "eth_getTransactionCount",
        "Nonce of an account's next transaction; with `pending`, behind what waits without a gap.",
        sender + ",'pending'");
    put(
        "eth_getTransactionReceipt",
        "What came of a transaction that is final, or null.",
        transaction);
    put("eth_getUncleByBlockHashAndIndex", "Always null: there are no uncles.", block + ",'0x0'");
    put("eth_getUncleByBlockNumberAndIndex", "Always null.", "'0x1','0x0'");
    put("eth_getUncleCountByBlockHash", "Always 0 for a block that is there.", block);
    put("eth_getUncleCountByBlockNumber", "Always 0 for a block that is there.", "'0x1'");
    put("eth_maxPriorityFeePerGas", "A priority fee that is enough while blocks are not full.", "");
    put(
        "eth_sendRawTransaction",
        "Brings a signed transaction to the pool and the peers; returns its hash.",
        "'" + Rpc.raw(4).toHex() + "'");
    put(
        "eth_sendRawTransactionSync",
        "The same, and returns the receipt (EIP-7966), which is final where votes decide. The second parameter says how many milliseconds the caller waits, at most 20,000; 5,000 if it is left out. A transaction that is in a block already is answered at once. In no block by then, the transaction waits on, and the error is NOT_YET. At most 64 callers wait at one time.",
        "'"
            + rpc.chain.block(1).orElseThrow().transactions().get(0).encoded().toHex()
            + "','0x1388'");
    put(
        "eth_capabilities",
        "From which blocks on this node can be asked for states, transactions, logs, receipts, blocks and proofs, and how many of the last ones it keeps where it forgets some.",
        "");
    put(
        "eth_coinbase",
        "The account of the validator that the node is; an error if it is none.",
        "");
    put(
        "eth_fillTransaction",
        "A transaction of type 2 with what the caller left out: nonce, gas, fees (twice the next base fee, or what the node's pool asks for). Nothing is signed: no node holds accounts for callers.",
        "{'from':" + sender + ",'to':" + store + ",'value':'0x0','input':'0x'}");
    put("eth_syncing", "False, or how far the node is.", "");
    put("net_listening", "Always true.", "");
    put("net_peerCount", "How many peers are connected.", "");
    put("net_version", "The chain id in decimal digits.", "");
    put("web3_clientVersion", "The software and its version.", "");
    put("web3_sha3", "Keccak-256 of bytes.", "'0x68656c6c6f'");
  }

  private void put(String method, String text, String parameters) {
    entries.put(method, new Entry(text, parameters));
  }
}
