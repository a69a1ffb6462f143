"""The archive on OpenSearch, where one machine is not enough."""
