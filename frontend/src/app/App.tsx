import { MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "react-router";

import { queryClient } from "@/shared/api/queries";
import { useRoomScheme } from "@/shared/theme/scheme";
import { cssVariables, theme } from "@/shared/theme/theme";

import { router } from "./router";

export function App() {
  const roomOpen = useRoomScheme((state) => state.roomOpen);
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariables}
      defaultColorScheme="dark"
      {...(roomOpen ? { forceColorScheme: "dark" as const } : {})}
    >
      <Notifications position="bottom-left" limit={4} />
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  );
}
