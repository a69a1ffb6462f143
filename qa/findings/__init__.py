"""What else the archive says: quotations, how wordings differ, timelines, coverage over time."""
