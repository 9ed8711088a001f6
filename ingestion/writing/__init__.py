"""What a language model adds to a project: findings, summaries and judgements, checked against their words."""
