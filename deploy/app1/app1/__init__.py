"""A small service that answers questions with an LLM and does ordinary work without one."""
