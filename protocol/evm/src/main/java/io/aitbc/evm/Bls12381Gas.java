// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.evm;

/// What sums of multiples on BLS12-381 cost: less for each the more there are. EIP-2537, "Gas
/// schedule for MSM".
final class Bls12381Gas {
  /// In the first group.
  static final Bls12381Gas G1 =
      new Bls12381Gas(
          12_000,
          160,
          """
          1000 949 848 797 764 750 738 728 719 712 705 698 692 687 682 677 673 669 665 661 658 654 651 \
          648 645 642 640 637 635 632 630 627 625 623 621 619 617 615 613 611 609 608 606 604 603 601 \
          599 598 596 595 593 592 591 589 588 586 585 584 582 581 580 579 577 576 575 574 573 572 570 \
          569 568 567 566 565 564 563 562 561 560 559 558 557 556 555 554 553 552 551 550 549 548 547 \
          547 546 545 544 543 542 541 540 540 539 538 537 536 536 535 534 533 532 532 531 530 529 528 \
          528 527 526 525 525 524 523 522 522 521 520 520 519\
          """);

  /// In the second group.
  static final Bls12381Gas G2 =
      new Bls12381Gas(
          22_500,
          288,
          """
          1000 1000 923 884 855 832 812 796 782 770 759 749 740 732 724 717 711 704 699 693 688 683 \
          679 674 670 666 663 659 655 652 649 646 643 640 637 634 632 629 627 624 622 620 618 615 613 \
          611 609 607 606 604 602 600 598 597 595 593 592 590 589 587 586 584 583 582 580 579 578 576 \
          575 574 573 571 570 569 568 567 566 565 563 562 561 560 559 558 557 556 555 554 553 552 552 \
          551 550 549 548 547 546 545 545 544 543 542 541 541 540 539 538 537 537 536 535 535 534 533 \
          532 532 531 530 530 529 528 528 527 526 526 525 524 524\
          """);

  private final long multiplicationGas;
  private final int pairBytes;

  /// Thousandths of the price, for 1, 2, … pairs; the last for all more.
  private final int[] discounts;

  private Bls12381Gas(long multiplicationGas, int pairBytes, String discounts) {
    this.multiplicationGas = multiplicationGas;
    this.pairBytes = pairBytes;
    String[] numbers = discounts.split(" ", -1);
    this.discounts = new int[numbers.length];
    for (int i = 0; i < numbers.length; i++) {
      this.discounts[i] = Integer.parseInt(numbers[i]);
    }
  }

  /// The price of an input of `length` bytes, pairs of point and scalar; 0 for less than one pair,
  /// which is refused.
  long gas(int length) {
    int pairs = length / pairBytes; // rounded down
    if (pairs == 0) {
      return 0;
    }
    int discount = discounts[Math.min(pairs, discounts.length) - 1];
    return pairs * multiplicationGas * discount / 1_000; // rounded down
  }
}
