import { screen, waitFor } from "@testing-library/react";
import { expect, it, vi } from "vitest";
import { renderWith } from "../../../test/render";
import { AccountApi } from "../../gateway/account";
import { RequestError } from "../../lib/errors";
import { PasswordStrength } from "./PasswordStrength";

it("says what the server thinks of a password", async () => {
  const ask = vi
    .spyOn(AccountApi.prototype, "passwordAdvice")
    .mockResolvedValueOnce({ score: 4, refused: null });
  renderWith(<PasswordStrength password="correct horse battery" username="anna" />);
  await waitFor(() => expect(screen.getByTestId("strength").textContent).toBe("Very good."));
  expect(ask).toHaveBeenCalledExactlyOnceWith("correct horse battery", "anna");
  expect(screen.getByRole("meter", { name: "How good the password is" })).toBeTruthy();
});

it("says which one would be refused", async () => {
  vi.spyOn(AccountApi.prototype, "passwordAdvice").mockResolvedValueOnce({
    score: 0,
    refused: "weak_password",
  });
  renderWith(<PasswordStrength password="password1" username="" />);
  await waitFor(() => expect(screen.getByTestId("strength").textContent).toContain("choose another"));
});

it("says nothing of a short one, nor when the server cannot be asked", async () => {
  const ask = vi
    .spyOn(AccountApi.prototype, "passwordAdvice")
    .mockRejectedValue(new RequestError("rate_limited", "", {}, 429));
  renderWith(<PasswordStrength password="short" username="" />);
  renderWith(<PasswordStrength password="long enough" username="" />);
  await waitFor(() => expect(ask).toHaveBeenCalledOnce());
  for (const each of screen.getAllByTestId("strength")) expect(each.textContent).toBe("");
});
