/** Dialogs and menus on react-aria: focus is kept and given back, Escape closes. Loaded when the first one opens. */

import type { ReactNode, RefObject } from "react";
import {
  Dialog as AriaDialog,
  Menu as AriaMenu,
  Heading,
  MenuItem,
  Modal,
  ModalOverlay,
  Popover,
} from "react-aria-components";
import { IconButton } from "./Button";
import { Icon, type IconName } from "./Icon";
import { useWide } from "./useMedia";

interface DialogProps {
  title: string;
  closeLabel: string;
  onClose: () => void;
  large?: boolean;
  alert?: boolean;
  children: ReactNode;
}

export function Dialog({ title, closeLabel, onClose, large, alert, children }: DialogProps) {
  return (
    <ModalOverlay className="overlay" isOpen isDismissable onOpenChange={(open) => !open && onClose()}>
      <Modal className={large ? "modal large" : "modal"}>
        <AriaDialog className="dialog" role={alert ? "alertdialog" : "dialog"}>
          <div className="dialog-head">
            <Heading slot="title" level={2}>
              {title}
            </Heading>
            <IconButton icon="close" label={closeLabel} onClick={onClose} />
          </div>
          <div className="dialog-body">{children}</div>
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}

export interface MenuEntry {
  id: string;
  label: string;
  icon: IconName;
  danger?: boolean;
  testId?: string;
  onChoose: () => void;
}

interface MenuProps {
  label: string;
  trigger: RefObject<Element | null>;
  onClose: () => void;
  entries: readonly MenuEntry[];
}

export function Menu({ label, trigger, onClose, entries }: MenuProps) {
  return (
    <Popover
      className="popover"
      triggerRef={trigger}
      isOpen
      onOpenChange={(open) => !open && onClose()}
      placement="bottom start"
    >
      <AriaMenu className="menu" aria-label={label} autoFocus="first" onClose={onClose}>
        {entries.map((entry) => (
          <MenuItem
            key={entry.id}
            id={entry.id}
            textValue={entry.label}
            className={entry.danger ? "menu-item danger" : "menu-item"}
            data-testid={entry.testId}
            onAction={entry.onChoose}
          >
            <Icon name={entry.icon} size={18} />
            {entry.label}
          </MenuItem>
        ))}
      </AriaMenu>
    </Popover>
  );
}

interface CardProps {
  label: string;
  placement?: "right top" | "top end";
  trigger: RefObject<Element | null>;
  onClose: () => void;
  children: ReactNode;
}

/** A small dialog beside what opened it. */
export function Card({ label, placement = "right top", trigger, onClose, children }: CardProps) {
  const wide = useWide();
  return (
    <Popover
      className="popover"
      triggerRef={trigger}
      isOpen
      onOpenChange={(open) => !open && onClose()}
      // A narrow screen has no room at the side.
      placement={placement === "right top" && !wide ? "bottom" : placement}
    >
      <AriaDialog className="dialog" aria-label={label}>
        {children}
      </AriaDialog>
    </Popover>
  );
}
