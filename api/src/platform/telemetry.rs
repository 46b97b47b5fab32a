//! Logs and traces. Never: GraphQL variables, answers, comments, tokens, e-mail addresses.
