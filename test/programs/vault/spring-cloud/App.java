import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;

/** An application with the settings in the folder where it is started. Prints the property that the argument names. */
@EnableAutoConfiguration
public class App {
    public static void main(String[] args) {
        try (var context = SpringApplication.run(App.class)) {
            System.out.println(args[0] + "=" + context.getEnvironment().getProperty(args[0]));
        }
    }
}
