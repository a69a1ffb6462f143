"""How well it works: known questions, measures, other rankings, questions made from an archive."""
