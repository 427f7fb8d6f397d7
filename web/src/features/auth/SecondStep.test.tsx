import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import { renderWith } from "../../../test/render";
import type { FactorKind } from "../../gateway/factors";
import { RequestError } from "../../lib/errors";
import SecondStep from "./SecondStep";

const ticket = (...kinds: FactorKind[]) => ({ ticket: "t", kinds, expires_in_s: 600 });

async function enter(kind: string, code: string): Promise<void> {
  await userEvent.type(screen.getByTestId(`factor-code-${kind}`), code);
  await userEvent.click(screen.getByTestId("factor-submit"));
}

it("shows the code of the app", async () => {
  const parley = renderWith(<SecondStep ticket={ticket("totp", "recovery")} onEnd={vi.fn()} />);
  const logIn = vi.spyOn(parley, "logInByFactor").mockResolvedValue();
  await enter("totp", "123456");
  expect(logIn).toHaveBeenCalledExactlyOnceWith("t", { code: "123456" });
});

it("takes a recovery code instead", async () => {
  const parley = renderWith(<SecondStep ticket={ticket("totp", "recovery")} onEnd={vi.fn()} />);
  const logIn = vi.spyOn(parley, "logInByFactor").mockResolvedValue();
  await userEvent.click(screen.getByTestId("factor-recovery"));
  await enter("recovery", "abcdef");
  expect(logIn).toHaveBeenCalledExactlyOnceWith("t", { recovery_code: "abcdef" });
});

it("says what is wrong with a code, at its field, and lets one try again", async () => {
  const parley = renderWith(<SecondStep ticket={ticket("totp")} onEnd={vi.fn()} />);
  const logIn = vi
    .spyOn(parley, "logInByFactor")
    .mockRejectedValueOnce(new RequestError("bad_code", "", {}, 403))
    .mockResolvedValueOnce();
  await enter("totp", "1");
  expect(screen.getByTestId("factor-code-totp").getAttribute("aria-invalid")).toBe("true");
  await userEvent.click(screen.getByTestId("factor-submit"));
  expect(logIn).toHaveBeenCalledTimes(2);
});

it("goes back to the password when the log-in has ended", async () => {
  const onEnd = vi.fn();
  const parley = renderWith(<SecondStep ticket={ticket("totp")} onEnd={onEnd} />);
  const ended = new RequestError("ticket_expired", "", {}, 401);
  vi.spyOn(parley, "logInByFactor").mockRejectedValueOnce(ended);
  await enter("totp", "1");
  expect(onEnd).toHaveBeenCalledExactlyOnceWith(ended);
});

it("offers no passkey where the browser has none", () => {
  renderWith(<SecondStep ticket={ticket("passkey", "recovery")} onEnd={vi.fn()} />);
  expect(screen.queryByTestId("factor-passkey")).toBeNull();
  expect(screen.getByTestId("factor-code-recovery")).toBeTruthy();
});
