"""Replay: recorded runs, or those of a server, on the code here, and an explanation where one breaks.

A run lasts for weeks, and its history is replayed on the code of the day. Whoever changes a journey asks here, before
the runs do, whether they still go through.
"""
