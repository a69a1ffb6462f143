"""What pages and programs ask: inquiries, exports, builds, who may do what, the API."""
