"""What is learned from failure: why it happened, and what to believe instead."""
