"""The tests of Sentuh; they mirror services/, shared/ and sentuh/ file for file.

| you changed | its test goes to |
|---|---|
| a decision, a fold, a format | the file of the same name under tests/services/<service>/ |
| a module of shared/ | tests/shared/<room>/ |
| what only crashes and races can show | tests/simulation/, with a mutant that it catches |
| the function library or its twin | tests/shared/state/conformance*.py: both pass one suite |
| an event, a stored form, a schema | a sample or a form under tests/contracts/ |
| a command, the audit, the demo | tests/sentuh/<room>/ |
| what all services do together | tests/journeys/: real processes over a real broker |
| what must survive a fault | a row of tests/faults/, named in tests/faults/fault.py |
| rights, TLS, users of Redis | tests/secure/ |
| deploy/: rules, dashboards, compose | tests/deploy/, tests/compose/, tests/alerts/ |
| README, docs/, a recipe | tests/docs/ |
| a rule of the house | tests/architecture/ |
| a measured number | bench/, and what it rests on in tests/bench/ |

What tests share stands in tests/support/. A service is run in memory by its in_memory.py alone;
each folder of tests/services adds the words of its service, never another way to run one.
"""
