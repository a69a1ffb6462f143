"""What was asked: its words, its time, its operators, and what it leaves unsaid."""
