import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import { renderWith } from "../../../test/render";
import { networkError, RequestError } from "../../lib/errors";
import { AuthForm } from "./AuthForm";

async function fill(name: string, password: string): Promise<void> {
  const user = userEvent.setup();
  await user.type(screen.getByTestId("signup-username"), name);
  await user.type(screen.getByTestId("signup-password"), password);
  await user.click(screen.getByTestId("signup-submit"));
}

it("signs up with the folded name and the owner's token", async () => {
  const parley = renderWith(<AuthForm kind="signup" ownerToken="t" />);
  const signUp = vi.spyOn(parley, "signUp").mockResolvedValue();
  await fill(" Anna ", "long enough");
  expect(signUp).toHaveBeenCalledExactlyOnceWith("anna", "long enough", { owner_token: "t" });
});

it("signs up with a mail address and an invitation where there is one", async () => {
  const parley = renderWith(<AuthForm kind="signup" invite="code" />);
  const signUp = vi
    .spyOn(parley, "signUp")
    .mockRejectedValueOnce(new RequestError("bad_email", "", {}, 400))
    .mockResolvedValueOnce();
  await userEvent.type(screen.getByTestId("signup-email"), "anna@example.org");
  await fill("anna", "long enough");
  expect(signUp).toHaveBeenCalledWith("anna", "long enough", { email: "anna@example.org", invite: "code" });
  expect(screen.getByTestId("signup-email").getAttribute("aria-invalid")).toBe("true");
});

it.each([
  ["a", "long enough", "signup-username"],
  ["-anna", "long enough", "signup-username"],
  ["anna", "short", "signup-password"],
])("refuses %s with %s before it is sent, at the field", async (name, password, field) => {
  const parley = renderWith(<AuthForm kind="signup" />);
  const signUp = vi.spyOn(parley, "signUp");
  await fill(name, password);
  expect(signUp).not.toHaveBeenCalled();
  expect(screen.getByTestId(field).getAttribute("aria-invalid")).toBe("true");
  expect(screen.getByRole("alert").textContent).not.toBe("");
});

it("shows a taken name at its field, and other trouble above", async () => {
  const parley = renderWith(<AuthForm kind="signup" />);
  const signUp = vi
    .spyOn(parley, "signUp")
    .mockRejectedValueOnce(new RequestError("username_taken", "", {}, 409));
  await fill("anna", "long enough");
  expect(screen.getByTestId("signup-username").getAttribute("aria-invalid")).toBe("true");
  signUp.mockRejectedValueOnce(networkError());
  await userEvent.click(screen.getByTestId("signup-submit"));
  expect(screen.getByTestId("signup-username").getAttribute("aria-invalid")).toBeNull();
  expect(screen.getByRole("alert").textContent).toMatch(/cannot be reached/);
});

it("shows the server's own words for a code it does not know", async () => {
  const parley = renderWith(<AuthForm kind="signup" />);
  vi.spyOn(parley, "signUp").mockRejectedValueOnce(
    new RequestError("never_heard_of", "Ask somebody else.", {}, 400),
  );
  await fill("anna", "password1");
  expect(screen.getByRole("alert").textContent).toBe("Ask somebody else.");
});
