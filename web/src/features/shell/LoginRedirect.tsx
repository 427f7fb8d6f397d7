import { Navigate, useLocation } from "@tanstack/react-router";

/** To the log-in page, and back here after. */
export function LoginRedirect() {
  const path = useLocation({ select: (location) => location.href });
  return <Navigate to="/login" search={path === "/" ? {} : { next: path }} replace />;
}
