"""``fermata report``: what a deployment did and what it brought, as one file that anybody can read."""
