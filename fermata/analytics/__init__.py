"""What is learnt from what people did: which action comes next for whom, and what it brought."""
