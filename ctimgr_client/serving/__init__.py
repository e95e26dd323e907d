"""The far side of the wire, as every server of ours has it: conversations, monitors, events, refusals.

Pure. The simulator and the JTAPI bridge are two servers; what stands behind them is theirs. Knows no
telephone: parties and line appearances are whatever has the few properties that `parties` asks for.
"""
