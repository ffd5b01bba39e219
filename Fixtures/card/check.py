"""Whether the model card's four figures can belong to one confusion matrix. Standard library only.

    python3 Fixtures/card/check.py

The card of AashishKumar/AIvisionGuard-v2 gives accuracy 0.92, F1 0.89, precision 0.85 and recall 0.88. Each is taken
as any value that rounds to it.
"""

HALF = 0.005
ACCURACY, F1, PRECISION, RECALL = 0.92, 0.89, 0.85, 0.88


def near(value: float, figure: float) -> bool:
    return abs(value - figure) <= HALF + 1e-12


def f1(precision: float, recall: float) -> float:
    return 2 * precision * recall / (precision + recall)


def main() -> None:
    corners = [f1(PRECISION + a * HALF, RECALL + b * HALF) for a in (-1, 1) for b in (-1, 1)]
    print(f"F1 of that precision and recall: {min(corners):.3f} to {max(corners):.3f}")

    # CIFAKE's test set: 10,000 of each class. Every matrix with the recall, and with the precision to it.
    positives = negatives = 10_000
    accuracies, matches, f1_of_accuracy = [], 0, []
    for true in range(positives + 1):
        if not near(true / positives, RECALL):
            continue
        for false in range(negatives + 1):
            precision = true / (true + false)
            if precision < PRECISION - HALF - 1e-12:
                break
            if not near(precision, PRECISION):
                continue
            accuracy = (true + negatives - false) / (positives + negatives)
            accuracies.append(accuracy)
            score = f1(precision, true / positives)
            matches += near(accuracy, ACCURACY) and near(score, F1)
    print(f"accuracy with them on 10,000 + 10,000 images: {min(accuracies):.3f} to {max(accuracies):.3f}")
    print(f"matrices with all four figures: {matches} of {len(accuracies)} with precision and recall")

    # F1 = 2 TP / (2 TP + errors). On balanced data accuracy fixes the errors, and F1 falls with TP.
    for errors in range(positives + negatives + 1):
        if near(1 - errors / (positives + negatives), ACCURACY):
            true = positives - min(errors, positives)
            f1_of_accuracy.append(2 * true / (2 * true + errors))
    print(f"least F1 with that accuracy on them: {min(f1_of_accuracy):.3f}")

    # accuracy = 1 - share * ((1 - recall) + recall * (1 / precision - 1)), solved for the share of positives.
    wrong = (1 - RECALL) + RECALL * (1 / PRECISION - 1)
    print(f"share of positives at which accuracy, precision and recall agree: {(1 - ACCURACY) / wrong:.2f}")


if __name__ == "__main__":
    main()
