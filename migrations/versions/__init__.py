"""One file for each revision, numbered; a published one is never edited."""
