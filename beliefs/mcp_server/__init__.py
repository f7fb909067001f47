"""The memory of an agent as a server of the Model Context Protocol: the calls of `Agent` as tools.

results     what the tools return, as models whose fields are described
memory      the agent, asked by one client at a time, in a thread of its own and within limits
tools       the tools
failures    an action that failed, as an expectation and an observation
resources   a belief, the graph around one, and the log
teaching    the language, told by examples
server      all of this together
http        the server on a port of this machine, for whoever has the token
"""
