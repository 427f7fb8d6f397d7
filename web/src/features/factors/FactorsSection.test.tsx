import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import { renderWith } from "../../../test/render";
import { FactorsApi, type MyFactors } from "../../gateway/factors";
import type { Parley } from "../../state/parley";
import FactorsSection from "./FactorsSection";

const NONE: MyFactors = { app_since_ms: null, passkeys: [], recovery_codes_left: 0 };
const APP: MyFactors = { ...NONE, app_since_ms: 1_760_000_000_000, recovery_codes_left: 2 };
const CODES = ["abcdef-ghijkl-mnopqr-stuvwx", "bcdefg-hijklm-nopqrs-tuvwxy"];

function renderPart(...states: MyFactors[]): Parley {
  const mine = vi.spyOn(FactorsApi.prototype, "mine");
  for (const each of states) mine.mockResolvedValueOnce(each);
  return renderWith(<FactorsSection />);
}

it("sets an app up: image, secret, first code, recovery codes", async () => {
  const parley = renderPart(NONE, APP);
  const secret = { secret: "ABCDEFGH", uri: "otpauth://x", qr_svg: "<svg xmlns='x'/>" };
  vi.spyOn(parley.factors, "beginApp").mockResolvedValue(secret);
  const confirm = vi.spyOn(parley.factors, "confirmApp").mockResolvedValue({ recovery_codes: CODES });
  await userEvent.click(await screen.findByTestId("app-begin"));
  expect((await screen.findByTestId("app-secret")).textContent).toBe("ABCD EFGH");
  expect(screen.getByRole("img").getAttribute("src")).toMatch(/^data:image\/svg\+xml,%3Csvg/);
  await userEvent.type(screen.getByTestId("factor-code-totp"), "123456");
  await userEvent.click(screen.getByTestId("app-confirm"));
  expect(confirm).toHaveBeenCalledExactlyOnceWith("123456");
  for (const code of CODES) expect(await screen.findByText(code)).toBeTruthy();
  expect(screen.queryByTestId("app-secret")).toBeNull();
  await userEvent.click(screen.getByTestId("codes-done"));
  expect(screen.queryByText(CODES[0] ?? "")).toBeNull();
  expect(screen.getByTestId("app-remove")).toBeTruthy();
});

it("asks before the app is turned off", async () => {
  const parley = renderPart(APP, NONE);
  const remove = vi.spyOn(parley.factors, "removeApp").mockResolvedValue();
  await userEvent.click(await screen.findByTestId("app-remove"));
  expect(remove).not.toHaveBeenCalled();
  await userEvent.click(await screen.findByTestId("confirm"));
  expect(remove).toHaveBeenCalledOnce();
  expect(await screen.findByTestId("app-begin")).toBeTruthy();
});

it("shows new recovery codes after it has asked", async () => {
  const parley = renderPart(APP, APP);
  vi.spyOn(parley.factors, "renewCodes").mockResolvedValue({ recovery_codes: CODES });
  expect((await screen.findByTestId("codes-left")).textContent).toContain("2");
  await userEvent.click(screen.getByTestId("codes-renew"));
  await userEvent.click(await screen.findByTestId("confirm"));
  expect(await screen.findByText(CODES[1] ?? "")).toBeTruthy();
});
