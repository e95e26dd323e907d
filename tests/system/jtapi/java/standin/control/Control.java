package standin.control;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.nio.file.StandardCopyOption;

import standin.core.Refusal;

/**
 * A line protocol on the loopback interface: a command per line, one line as its answer. The port is in the
 * file that is named as the process, in the folder of the system property `standin.control`.
 */
public final class Control {
    private static final int BACKLOG = 16;
    private static boolean started;

    private Control() {}

    /** Once per process, and only where the property is set. */
    public static synchronized void start() {
        String folder = System.getProperty("standin.control");
        if (folder == null || started) {
            return;
        }
        started = true;
        try {
            ServerSocket server = new ServerSocket(0, BACKLOG, InetAddress.getByName("127.0.0.1"));
            announce(Paths.get(folder), server.getLocalPort());
            run("standin-control", () -> serve(server));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static void announce(Path folder, int port) throws IOException {
        String process = ManagementFactory.getRuntimeMXBean().getName().split("@")[0];
        Path hidden = folder.resolve("." + process);
        Files.write(hidden, String.valueOf(port).getBytes(StandardCharsets.US_ASCII));
        Files.move(hidden, folder.resolve(process), StandardCopyOption.ATOMIC_MOVE);
    }

    private static void serve(ServerSocket server) {
        while (true) {
            try {
                Socket socket = server.accept();
                run("standin-control-connection", () -> talk(socket));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private static void talk(Socket socket) {
        try (Socket open = socket;
                Reader bytes = new InputStreamReader(open.getInputStream(), StandardCharsets.UTF_8);
                BufferedReader in = new BufferedReader(bytes)) {
            OutputStream out = open.getOutputStream();
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                out.write((answer(line) + "\n").getBytes(StandardCharsets.UTF_8));
                out.flush();
            }
        } catch (IOException gone) {
            return;
        }
    }

    private static String answer(String line) {
        try {
            return ("ok " + Commands.run(line.trim())).trim();
        } catch (Refusal refused) {
            return "error " + refused.kind + ": " + refused.getMessage();
        } catch (RuntimeException failure) {
            return "error " + failure;
        }
    }

    private static void run(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
    }
}
