"""What a language model adds to a project: findings, summaries and judgements, each checked against the papers' words."""
