"""What pages and programs ask: inquiries, exports, the indexer, who may do what, the API."""
