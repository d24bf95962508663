// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.cli;

import io.aitbc.client.ChainClient;
import io.aitbc.client.RpcException;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.execution.CallData;
import io.aitbc.execution.EconomyContract;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.signer.AccountSigner;
import java.io.IOException;

/// What an account sends to one of the chain's contracts.
///
/// @param contract that is called
/// @param money that goes along
/// @param input what it is called with
record ContractCall(EconomyContract contract, Amount money, Bytes input) {
  static ContractCall of(EconomyContract contract, Amount money, CallData data) {
    return new ContractCall(contract, money, data.toBytes());
  }

  /// Sends a call that would succeed after the last block, signed by `account`.
  ///
  /// @return the transaction's hash
  /// @throws IOException also if the contract refuses the call, with the name of its error
  static Hash send(ChainClient chain, AccountSigner account, ContractCall call)
      throws IOException, RpcException {
    Address to = call.contract.address();
    long gas;
    try {
      gas = chain.estimateGas(account.address(), to, call.money, call.input);
    } catch (RpcException refused) {
      String artifact = call.contract.artifact();
      throw new IOException(
          "%s refuses: %s"
              .formatted(
                  artifact,
                  ContractErrors.signature(artifact, refused.data())
                      .orElse(String.valueOf(refused.getMessage()))),
          refused);
    }
    return chain.send(
        ChainClient.call(
            account,
            chain.chainId(),
            chain.nextNonce(account.address()),
            to,
            call.money,
            call.input,
            gas + gas / 4, // Others' transactions may come before it.
            chain.gasPrice().times(2)));
  }
}
