"""The steps of a build: reading, cutting, embedding, writing, publishing."""
