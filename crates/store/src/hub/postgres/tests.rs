//! What the contract suite cannot ask of every hub: foreign clients, lost connections, faults of servers.
