"""PostgreSQL and Valkey for one machine, started by ``up`` and the tests when no URL is given.

Only the programs of the two packages are used, never their Python code. Nothing outside this
package may assume that the servers are embedded.
"""
