"""What answers: the sentences that do, and whether the archive holds an answer at all."""
