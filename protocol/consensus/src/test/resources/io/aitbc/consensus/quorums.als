// Certificates of one height, for a set of {n} authorities and {m} equal stakers. Protocol §4.
// A validator may be both; an honest one signs for one block only. QuorumModelTest fills in the braces from
// io.aitbc.model.Quorums. `expect 0`: there is no such fork among all signers and liars; `expect 1`: there is one.

sig Validator {}
sig Authority, Staker, Liar in Validator {}
sig Block {}
abstract sig Rule {}
one sig Fast, PlainFast, Recovery, ShortRecovery, Balanced, Overseen, Secure, HalfStake extends Rule {}
sig Certificate { rule: Rule, block: Block, signers: set Validator }

fact sizes { #Authority = {n} and #Staker = {m} and Validator = Authority + Staker }

fun authoritiesNeeded[r: Rule]: Int {
  r = Fast => {qF} else r = PlainFast => {q} else r = Recovery => {t} else r = ShortRecovery => {tShort}
    else r = Balanced => {q} else r = Overseen => {oversight} else 0
}
fun stakersNeeded[r: Rule]: Int { r in Fast + PlainFast => 0 else r = HalfStake => {half} else {stake} }

fact certificatesHold {
  all c: Certificate |
    #(c.signers & Authority) >= authoritiesNeeded[c.rule] and #(c.signers & Staker) >= stakersNeeded[c.rule]
}
fact theHonestSignOneBlock { all c, d: Certificate | c.block != d.block implies (c.signers & d.signers) in Liar }

pred fewAuthoritiesLie { #(Liar & Authority) <= {f} }
pred littleStakeLies { mul[3, #(Liar & Staker)] < {m} }
pred few { fewAuthoritiesLie and littleStakeLies }
pred fork { some c, d: Certificate | c.block != d.block }
pred by[rules: set Rule] { Certificate.rule in rules }

// What the protocol claims.
assert fastHeightsAreSafe { by[Fast + Recovery] and few implies not fork }
assert balancedHeightsAreSafe { by[Balanced + Secure] and few implies not fork }
assert secureHeightsAreSafe { by[Overseen + Secure] and few implies not fork }
assert fastRestsOnAuthoritiesAlone { by[Fast] and fewAuthoritiesLie implies not fork }
assert balancedNeedsOnlyOneHonestGroup { by[Balanced] and (fewAuthoritiesLie or littleStakeLies) implies not fork }

// What would break it.
assert modeIsLocalOpinion { by[PlainFast + Secure] and few implies not fork }
assert plainFastBesideRecovery { by[PlainFast + Recovery] and few implies not fork }
assert recoveryOneShort { by[Fast + ShortRecovery] and few implies not fork }
assert halfOfTheStake { by[HalfStake] and few implies not fork }
assert recoveryNeedsHonestStake { by[Recovery] and fewAuthoritiesLie implies not fork }
assert fallbackOfBalancedNeedsHonestStake { by[Balanced + Secure] and fewAuthoritiesLie implies not fork }
assert fastNeedsHonestAuthorities { by[Fast] and littleStakeLies implies not fork }

check fastHeightsAreSafe for {all} but 2 Certificate, 2 Block, 6 Int expect 0
check balancedHeightsAreSafe for {all} but 2 Certificate, 2 Block, 6 Int expect 0
check secureHeightsAreSafe for {all} but 2 Certificate, 2 Block, 6 Int expect 0
check fastRestsOnAuthoritiesAlone for {all} but 2 Certificate, 2 Block, 6 Int expect 0
check balancedNeedsOnlyOneHonestGroup for {all} but 2 Certificate, 2 Block, 6 Int expect 0
check modeIsLocalOpinion for {all} but 2 Certificate, 2 Block, 6 Int expect 1
check plainFastBesideRecovery for {all} but 2 Certificate, 2 Block, 6 Int expect {plainForks}
check recoveryOneShort for {all} but 2 Certificate, 2 Block, 6 Int expect 1
check halfOfTheStake for {all} but 2 Certificate, 2 Block, 6 Int expect {halfForks}
check recoveryNeedsHonestStake for {all} but 2 Certificate, 2 Block, 6 Int expect {recoveryForks}
check fallbackOfBalancedNeedsHonestStake for {all} but 2 Certificate, 2 Block, 6 Int expect 1
check fastNeedsHonestAuthorities for {all} but 2 Certificate, 2 Block, 6 Int expect 1
