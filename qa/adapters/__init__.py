"""Dateline as a retriever of other frameworks; each module needs its framework, an optional extra."""
