/** The shapes of docs/protocol.md: its objects, what REST answers, and the frames of the gateway. */

export * from "./answers";
export * from "./frames";
export * from "./objects";
