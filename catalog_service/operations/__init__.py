"""The verbs, one file each, where the stages meet."""
