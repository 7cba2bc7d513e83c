"""``fermata policy backtest``: what another policy would have decided."""
