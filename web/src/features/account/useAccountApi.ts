import { useMemo } from "react";
import { AccountApi } from "../../gateway/account";
import { useParley } from "../parley";

export function useAccountApi(): AccountApi {
  const { rest } = useParley().api;
  return useMemo(() => new AccountApi(rest), [rest]);
}
