import { expect, it, vi } from "vitest";
import { report } from "../../test/samples";
import type { ReportPage } from "../gateway/protocol";
import { openReports, ReportCounts } from "./reports";

const page = (...ids: string[]): ReportPage => ({
  reports: ids.map((id) => report(id)),
  users: [],
  has_more: false,
});

it("counts once, and again after it has failed or the connection was new", async () => {
  const rest = { reports: vi.fn(async () => page("71")), conversationReports: vi.fn(async () => page("75")) };
  const counts = new ReportCounts(rest);
  rest.reports.mockRejectedValueOnce(new Error());
  await counts.count("10");
  expect(counts.store.getState()).toEqual({});
  await counts.count("10");
  await counts.count("10");
  expect(rest.reports).toHaveBeenCalledTimes(2);
  expect(counts.store.getState()).toEqual({ "10": ["71"] });
  counts.forget();
  await counts.count("10");
  expect(rest.reports).toHaveBeenCalledTimes(3);
  await counts.count(null);
  expect(openReports(counts.store.getState(), {}, null)).toBe(1);
});

it("follows what is told since", () => {
  const told = {
    "71": report("71", { state: "resolved" }),
    "72": report("72"),
    "73": report("73"),
    "74": report("74", { group_id: "99" }),
  };
  expect(openReports({ "10": ["71", "73"] }, told, "10")).toBe(2);
  expect(openReports({}, {}, "10")).toBe(0);
});
