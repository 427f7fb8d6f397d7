import { describe, expect, it } from "vitest";
import { message, page as pageOf } from "../../test/samples";
import type { MessagePage } from "../gateway/protocol";
import {
  beginLoad,
  changeHistory,
  emptyHistory,
  endLoad,
  failLoad,
  type History,
  makeStale,
} from "./history";

const page = (ids: number[], more: Partial<MessagePage> = {}): MessagePage =>
  pageOf(
    ids.map((id) => message(String(id))),
    more,
  );
const ids = (history: History): string[] => history.messages.map((each) => each.id);
const opened = (numbers: number[], more: Partial<MessagePage> = {}): History =>
  endLoad(beginLoad(emptyHistory, "page"), page(numbers, more));

describe("pages", () => {
  it("joins older and newer ones without doubling", () => {
    let history = opened([50, 51], { has_before: true, has_after: true });
    history = endLoad(
      beginLoad(history, "before"),
      page([9, 10, 50], { has_before: false, has_after: true }),
    );
    history = endLoad(beginLoad(history, "after"), page([51, 100], { has_before: true }));
    expect(ids(history)).toEqual(["9", "10", "50", "51", "100"]);
    expect(history).toMatchObject({ hasBefore: false, hasAfter: false, loading: null, stretch: 1 });
  });

  it("counts each stretch that replaces another", () => {
    const history = opened([50]);
    expect(endLoad(beginLoad(history, "page"), page([7])).stretch).toBe(2);
  });

  it("remembers which load failed", () => {
    expect(failLoad(beginLoad(opened([5]), "before"))).toMatchObject({ failed: "before", loading: null });
  });

  it("throws away a page that nobody waits for any more", () => {
    const stale = makeStale(beginLoad(opened([5]), "before"));
    expect(endLoad(stale, page([1]))).toBe(stale);
    expect(stale.fresh).toBe(false);
  });
});

describe("events", () => {
  it("appends new messages in order, once, when the newest are here", () => {
    let history = opened([5]);
    for (const id of ["9", "10", "10"])
      history = changeHistory(history, { type: "message.create", message: message(id) });
    expect(ids(history)).toEqual(["5", "9", "10"]);
  });

  it("does not append after a gap", () => {
    const history = opened([5], { has_after: true });
    expect(changeHistory(history, { type: "message.create", message: message("9") })).toBe(history);
  });

  it("changes and removes", () => {
    let history = opened([5, 6]);
    history = changeHistory(history, {
      type: "message.update",
      message: message("5", "2", { edited_ms: 7 }),
    });
    history = changeHistory(history, { type: "message.delete", message_id: "6" });
    expect(history.messages).toEqual([message("5", "2", { edited_ms: 7 })]);
    expect(changeHistory(history, { type: "message.update", message: message("77") })).toBe(history);
    expect(changeHistory(history, { type: "message.delete", message_id: "77" })).toBe(history);
  });

  it("applies over a page what happened while it was under way", () => {
    let history = beginLoad(emptyHistory, "page");
    history = changeHistory(history, { type: "message.create", message: message("7") });
    history = changeHistory(history, { type: "message.delete", message_id: "5" });
    history = changeHistory(history, {
      type: "message.update",
      message: message("6", "2", { edited_ms: 1 }),
    });
    history = endLoad(history, page([5, 6]));
    expect(history.messages).toEqual([message("6", "2", { edited_ms: 1 }), message("7")]);
    expect(history.meanwhile).toEqual([]);
  });

  it("closes the gap when the last page comes, with what was written meanwhile", () => {
    let history = opened([1], { has_after: true });
    history = beginLoad(history, "after");
    history = changeHistory(history, { type: "message.create", message: message("3") });
    history = endLoad(history, page([2]));
    expect(ids(history)).toEqual(["1", "2", "3"]);
  });

  it("keeps a long stretch within bounds and knows that there is more before", () => {
    let history = opened(Array.from({ length: 2000 }, (_, index) => index + 1));
    history = changeHistory(history, { type: "message.create", message: message("2001") });
    expect(history.messages).toHaveLength(2000);
    expect(history.messages[0]?.id).toBe("2");
    expect(history.hasBefore).toBe(true);
  });
});
