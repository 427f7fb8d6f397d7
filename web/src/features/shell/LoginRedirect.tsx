import { useNavigate, useRouter } from "@tanstack/react-router";
import { useEffect, useState } from "react";

/** To the log-in page, and back here after. */
export function LoginRedirect() {
  const navigate = useNavigate();
  const router = useRouter();
  // Where one was when this came up: the way back must not follow the address that this itself sets.
  const [path] = useState(() => router.state.location.href);
  useEffect(() => {
    void navigate({ to: "/login", search: path === "/" ? {} : { next: path }, replace: true });
  }, [navigate, path]);
  return null;
}
