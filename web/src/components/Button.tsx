import type { ComponentProps, ReactNode } from "react";
import { Icon, type IconName } from "./Icon";

interface ButtonProps extends ComponentProps<"button"> {
  look?: "primary" | "danger" | "quiet" | "usual";
  wide?: boolean;
  busy?: boolean;
}

export function Button({ look = "usual", wide, busy, className, children, disabled, ...rest }: ButtonProps) {
  const classes = ["button", look === "usual" ? "" : look, wide ? "wide" : "", className ?? ""];
  return (
    <button
      type="button"
      {...rest}
      className={classes.filter(Boolean).join(" ")}
      disabled={disabled || busy}
      aria-busy={busy || undefined}
    >
      {busy && <span className="spinner" />}
      {children}
    </button>
  );
}

interface IconButtonProps extends Omit<ComponentProps<"button">, "children"> {
  icon: IconName;
  /** The control's name, for screen readers and as a tip. */
  label: string;
  size?: number;
}

export function IconButton({ icon, label, size = 20, className, ...rest }: IconButtonProps) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      {...rest}
      className={["icon-button", className ?? ""].filter(Boolean).join(" ")}
    >
      <Icon name={icon} size={size} />
    </button>
  );
}

export function Notice({
  tone = "usual",
  icon = "warn",
  children,
}: {
  tone?: "usual" | "bad" | "warn";
  icon?: IconName;
  children: ReactNode;
}) {
  return (
    <div className={`notice ${tone === "usual" ? "" : tone}`} role={tone === "bad" ? "alert" : undefined}>
      <Icon name={icon} size={18} />
      <div>{children}</div>
    </div>
  );
}
